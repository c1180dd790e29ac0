/** The servers on which runtimes are placed, as an operator keeps them. Key: the server's name. */
import { pagesOf } from '#app/pages.ts';
import type { Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  listServers as listOperation,
  saveServer as saveOperation,
  ServerView,
} from '#schemas/contract/operator.ts';
import type { OperatorDeps } from './deps.ts';

export const listServers = async (
  deps: OperatorDeps,
): Promise<Result<ValueOf<typeof listOperation>>> => {
  const servers: ServerView[] = [];
  for (const row of await pagesOf(deps.store, 'servers', {})) {
    const held = await pagesOf(deps.store, 'slots', { serverId: row.id });
    servers.push(serverView(row, held.length));
  }
  return succeed({ servers });
};

const serverView = (row: Stored<'servers'>, used: number): ServerView => ({
  serverId: row.id,
  dokployServerId: row.dokployServerId,
  region: row.region,
  slotMemoryMiB: row.slotMemoryMiB,
  slots: row.slots,
  state: row.state,
  used,
  lostSince: row.lostSince,
});

export const saveServer = async (
  deps: OperatorDeps,
  actor: string,
  body: BodyOf<typeof saveOperation>,
): Promise<Result<ValueOf<typeof saveOperation>>> => {
  const { serverId, ...fields } = body;
  const known = await deps.store.get('servers', serverId);
  const outcome = known === null ? await add(deps, body) : await change(deps, known, fields);
  if (outcome === 'server_in_use') return fail(outcome, { field: 'dokployServerId' });
  if (outcome !== 'saved') return fail(outcome);
  const { state, slots } = fields;
  deps.log.info('server.saved', { serverId, state, slots, actor });
  return succeed({ serverId });
};

type Saved = 'saved' | 'stale_revision' | 'server_in_use';

const add = async (
  { store }: OperatorDeps,
  { serverId, ...fields }: BodyOf<typeof saveOperation>,
): Promise<Saved> => {
  const data = { ...fields, full: false, lostSince: null };
  const outcome = await store.create('servers', serverId, { data, readers: 'functions' });
  return outcome === 'created' ? 'saved' : 'stale_revision';
};

const change = async (
  { store }: OperatorDeps,
  known: Stored<'servers'>,
  fields: Omit<BodyOf<typeof saveOperation>, 'serverId'>,
): Promise<Saved> => {
  if (fields.dokployServerId !== known.dokployServerId) {
    const [held] = await store.list('slots', { where: { serverId: known.id }, limit: 1 });
    if (held !== undefined) return 'server_in_use';
  }
  // Whether there is room is looked at anew.
  const target = { id: known.id, version: known.version };
  const outcome = await store.update('servers', target, { ...fields, full: false });
  return outcome === 'updated' ? 'saved' : 'stale_revision';
};
