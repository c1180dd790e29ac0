/**
 * Bugs that a product like this could well have, planted in the ports of an execution, so that the
 * checkers are known to bite. The product's own code knows nothing of them.
 */
import type { SmokeReport } from '#schemas/contract/agent.ts';
import type { Store } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { Execution } from './execution.ts';
import type { Ports } from './functions.ts';
import type { Machines } from './machines.ts';
import { epochMs } from './world.ts';

export const plantedBugs = [
  'create_without_look_up',
  'retry_on_timeout',
  'missing_amount_check',
  'ready_without_smoke',
  'success_before_store',
  'upsert_overwrites',
  'lease_ignored',
  'no_sweep',
  'closed_unseen',
  'removed_stays_in',
  'mailed_anew',
  'unproven_kept',
  'gone_unseen',
  'moved_by_setting',
] as const;
/** Of those that need weeks to show. */
export const plantedInYears = [
  'taken_for_sent',
  'links_left_open',
  'periods_forgotten',
  'plans_forgotten',
  'exports_forgotten',
] as const;
/** Of those that need many runtimes, and releases. */
export const plantedInFleets = [
  'rings_at_once',
  'loud_hours',
  'proofs_at_once',
  'copies_forgotten',
] as const;
export type PlantedBug =
  (typeof plantedBugs)[number] | (typeof plantedInYears)[number] | (typeof plantedInFleets)[number];

const passed = (
  { smokeId, loginId }: Pick<SmokeReport, 'smokeId' | 'loginId'>,
  nowMs: number,
): SmokeReport => ({
  smokeId,
  code: 'passed',
  nonceMatched: true,
  provider: 'openai',
  model: 'gpt',
  latencyMs: 1,
  startedAtMs: nowMs,
  finishedAtMs: nowMs,
  loginId,
});

/** `create` that puts the new row in the place of the one that is there. */
const upserting = (execution: Execution): Store['create'] => {
  return (table, id, { data, readers }) =>
    execution.call(5, () => {
      const createdAt = new Date(epochMs).toISOString();
      execution.world.rows.overwrite(table, id, { data, readers, createdAt });
      return 'created' as const;
    });
};

/** Answers that the notice is stored, and stores it afterwards. */
const hasty = (store: Store): Store['create'] => {
  return async (table, id, row) => {
    if (table !== 'notices') return store.create(table, id, row);
    void store.create(table, id, row).catch(() => 'lost');
    return 'created';
  };
};

/** Everyone gets the lease. */
const generous = (store: Store, prefix = ''): Store['create'] => {
  return async (table, id, row) => {
    const isGiven = table === 'leases' && id.startsWith(prefix);
    return isGiven ? 'created' : store.create(table, id, row);
  };
};

const withStore = (ports: Ports, changes: Partial<Store>): Ports => {
  const { store } = ports;
  const changed: Store = {
    create: store.create.bind(store),
    get: store.get.bind(store),
    list: store.list.bind(store),
    update: store.update.bind(store),
    incrementUpTo: store.incrementUpTo.bind(store),
    delete: store.delete.bind(store),
    ...changes,
  };
  return { ...ports, store: changed };
};

/** What is written down counts as sent, a month ago. */
const optimistic = (store: Store): Store['list'] => {
  return async (table, query) => {
    const rows = await store.list(table, query);
    if (table !== 'messages') return rows;
    const sentAt = new Date(epochMs).toISOString();
    return rows.map((row) => ({ ...row, sentAt }));
  };
};

type Runtime = RowOf<'runtimes'>;

/** Reads each runtime as somebody would who overlooks something of it. */
const misreading =
  (misread: (row: Runtime) => Partial<Runtime>) =>
  (store: Store): Store['get'] =>
  async (table, id) => {
    const row = await store.get(table, id);
    if (row === null || table !== 'runtimes') return row;
    return { ...row, ...misread(row as unknown as Runtime) };
  };

/** Nobody has written down which payment added which time. */
const forgetful = misreading(() => ({ periods: '[]' }));

/** Nobody has written down what each period was paid as. */
const careless = misreading(({ periods }) => ({
  planChanges: null,
  periods: (periods ?? '[]').replaceAll(/"plan":{[^}]*}/g, '"plan":null'),
}));

/** No export is open. */
const unaware = misreading(() => ({ exportUntil: null }));

/** Its members sleep at noon. */
const sleepless = misreading(() => ({ quietHour: 12, timeZone: null }));

/** It is meant to run what the installation names now. */
const faithless = (store: Store, named: string): Store['get'] =>
  misreading(({ openclawImage }) =>
    openclawImage?.includes('@') === true ? { openclawImage: named } : {},
  )(store);

/** Reads the release as if each ring had shown enough. */
const trusting = (store: Store): Store['get'] => {
  return async (table, id) => {
    const row = await store.get(table, id);
    if (row === null || table !== 'settings') return row;
    const { value } = row as unknown as RowOf<'settings'>;
    const at = new Date(epochMs).toISOString();
    return { ...row, value: value.replaceAll('"provenAt":null', `"provenAt":"${at}"`) };
  };
};

/** Lists whatever was made last, however it ended. */
const boastful =
  (state: Ports['agent']['state']): Ports['agent']['state'] =>
  async (at) => {
    const seen = await state(at);
    const last = seen.kind === 'ok' ? (seen.value.backup?.last ?? null) : null;
    if (seen.kind !== 'ok' || last === null || last.finishedAtMs === null) return seen;
    const { backupId, startedAtMs: madeAtMs, finishedAtMs: provenAtMs } = last;
    const made = { backupId, madeAtMs, provenAtMs, sizeBytes: 1, digest: 'a'.repeat(64) };
    const about = { origin: 'runtime', openclawVersion: null } as const;
    const kept = [{ ...made, ...about, recoverable: false, offsite: null }];
    return { kind: 'ok', value: { ...seen.value, backup: { last, kept } } };
  };

/** Makes a service without looking whether there is one. */
const createsAnew =
  (execution: Execution, machines: Machines): Ports['deployer']['ensureCompose'] =>
  ({ name, projectId, serverId = null }) =>
    execution.call(100, () => {
      const { id: composeId } = machines.create({ name, project: projectId, serverId });
      return { kind: 'ok', value: { composeId, composeStatus: 'idle' } };
    });

/** Bugs of whoever reads and writes rows. */
const storeOf = ({ store, stack }: Ports, execution: Execution): Partial<Store> | null => {
  switch (execution.world.bug) {
    case 'success_before_store':
      return { create: hasty(store) };
    case 'upsert_overwrites':
      return { create: upserting(execution) };
    case 'taken_for_sent':
      return { list: optimistic(store) };
    case 'periods_forgotten':
      return { get: forgetful(store) };
    case 'plans_forgotten':
      return { get: careless(store) };
    case 'exports_forgotten':
      return { get: unaware(store) };
    case 'rings_at_once':
      return { get: trusting(store) };
    case 'loud_hours':
      return { get: sleepless(store) };
    case 'moved_by_setting':
      return { get: faithless(store, stack.openclawImage) };
    case 'proofs_at_once':
      return { create: generous(store, 'proof-') };
    default:
      return null;
  }
};

/** Puts nobody out. */
const idle =
  (execution: Execution): Ports['agent']['limitAccess'] =>
  () =>
    execution.call(20, () => ({ kind: 'ok', value: 0 }));

/** Finds nothing, wherever it looks. */
const unseen =
  (execution: Execution): Ports['deployer']['remains'] =>
  () =>
    execution.call(20, () => ({
      kind: 'ok',
      value: { machine: 'reachable', containers: [], volumes: [] },
    }));

export const plant = (ports: Ports, execution: Execution, machines: Machines): Ports => {
  const { payments, deployer, agent, store } = ports;
  const broken = storeOf(ports, execution);
  if (broken !== null) return withStore(ports, broken);
  const create = createsAnew(execution, machines);
  switch (execution.world.bug) {
    case 'create_without_look_up':
      return { ...ports, deployer: { ...deployer, ensureCompose: create } };
    case 'retry_on_timeout': {
      const request: Ports['payments']['request'] = async (wish) => {
        const first = await payments.request(wish);
        return first.kind === 'unknown' ? payments.request(wish) : first;
      };
      return { ...ports, payments: { ...payments, request } };
    }
    case 'ready_without_smoke': {
      const startSmoke: Ports['agent']['startSmoke'] = ({ runtimeId }, { smokeId }) =>
        execution.call(20, () => {
          const { loginId } = machines.tenant(runtimeId);
          return { kind: 'ok', value: passed({ smokeId, loginId }, execution.nowMs) };
        });
      return { ...ports, agent: { ...agent, startSmoke } };
    }
    case 'closed_unseen': {
      const report = { atMs: execution.nowMs, checks: [] };
      const exposure: Ports['agent']['exposure'] = () =>
        execution.call(20, () => ({ kind: 'ok', value: report }));
      return { ...ports, agent: { ...agent, exposure } };
    }
    case 'removed_stays_in':
      return { ...ports, agent: { ...agent, limitAccess: idle(execution) } };
    case 'unproven_kept':
      return { ...ports, agent: { ...agent, state: boastful(agent.state.bind(agent)) } };
    case 'gone_unseen':
      return { ...ports, deployer: { ...deployer, remains: unseen(execution) } };
    case 'copies_forgotten': {
      const configure: Ports['deployer']['configure'] = (composeId, config) =>
        deployer.configure(composeId, {
          ...config,
          file: config.file.replace(/\n *STATE_ORDER: .*/, ''),
        });
      return { ...ports, deployer: { ...deployer, configure } };
    }
    case 'mailed_anew': {
      const send: Ports['messages']['send'] = async (mail) => {
        await ports.messages.forget(mail.messageId);
        return ports.messages.send(mail);
      };
      return { ...ports, messages: { ...ports.messages, send } };
    }
    case 'lease_ignored': {
      const lax = { ...deployer, ensureCompose: create };
      return { ...withStore(ports, { create: generous(store) }), deployer: lax };
    }
    case 'links_left_open': {
      const cancelIfUnpaid: Ports['payments']['cancelIfUnpaid'] = () =>
        execution.call(100, () => 'unpaid_and_dead' as const);
      return { ...ports, payments: { ...payments, cancelIfUnpaid } };
    }
    default:
      return ports;
  }
};
