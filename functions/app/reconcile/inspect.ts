/**
 * Looks at runtimes for which nothing is due, each once an hour in a minute of its own: is nobody
 * inside who may not be, is its service still as we left it, does it still run? What is found is listed for the operator, and the
 * runtime is made due where its own plan puts that right. With nothing wrong it writes nothing.
 */
import { afterDrift, driftOf } from '#core/runtime/drift.ts';
import type { Drift } from '#core/runtime/drift.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { pagesOf } from '#app/pages.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { holdAccess } from './access.ts';
import { isUp } from '#ports/runtime.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';
import { areDown } from './machine-steps.ts';
import { renderStack } from './stack.ts';
import { withoutCompose } from './work.ts';

const concurrency = 8;
/** So many unanswered in one minute: it is the deployer, and the next hour comes. */
const silencesAtMost = 3;

/** `minute`: of the hour, in UTC. */
export const inspectMinute = async (
  deps: ReconcileDeps,
  minute: number,
): Promise<{ readonly looked: number }> => {
  const rows = await pagesOf(deps.store, 'runtimes', { inspectedAtMinute: minute });
  const queue = rows.filter((row) => isAtRest(deps, row));
  let silences = 0;
  let looked = 0;
  const worker = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      if (silences >= silencesAtMost) return;
      looked += 1;
      if ((await inspectOne(deps, row)) === 'silent') silences += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (silences > 0) deps.log.warn('inspection.incomplete', { looked, silences });
  return { looked };
};

/** One that is being worked on looks for itself. */
const isAtRest = (deps: ReconcileDeps, { nextCheckAt }: RuntimeRecord): boolean =>
  nextCheckAt !== null && Date.parse(nextCheckAt) > deps.clock.now().getTime();

const inspectOne = async (
  deps: ReconcileDeps,
  row: RuntimeRecord,
): Promise<'well' | 'drifted' | 'silent'> => {
  const facts = readJson(factsSchema, row.facts, noFacts);
  if (facts.compose.composeId === null) return 'well';
  if (row.desired === 'running') await holdAccess(deps, row);
  const drift = await lookAt(deps, row, facts);
  if (drift === 'silent' || drift === null) return drift ?? 'well';
  await report(deps, row, { drift, title: facts.deployment.title });
  return 'drifted';
};

type Seen = Drift | 'silent' | null;

const lookAt = async (deps: ReconcileDeps, row: RuntimeRecord, facts: Facts): Promise<Seen> => {
  const isMeant =
    row.desired === 'running'
      ? facts.deployment.status === 'done'
      : facts.takedown.state === 'stopped';
  if (!isMeant) return null;
  const seen = await deps.deployer.inspect(facts.compose.composeId ?? '');
  if (seen.kind === 'not_found') return 'missing';
  if (seen.kind !== 'ok') return 'silent';
  const { containers } = seen.value;
  if (row.desired !== 'running') return containers.some(isUp) ? 'up' : null;
  const { config, hash } = renderStack(deps.stack, row, deps.ids);
  // Meant for a newer stack than it has: its own plan brings that.
  if (facts.compose.configHash !== hash) return null;
  const drift = driftOf(seen.value, {
    hash: deps.deployer.configHash(config),
    title: facts.deployment.title,
    serverId: facts.placement.dokployServerId,
  });
  // An empty list may only mean that nobody could look.
  return drift ?? (containers.length > 0 && areDown(containers) ? 'down' : null);
};

const report = async (
  deps: ReconcileDeps,
  row: RuntimeRecord,
  { drift, title }: { readonly drift: Drift; readonly title: string | null },
): Promise<void> => {
  await raiseTask(deps, {
    kind: 'compose_drift',
    subjectId: row.id,
    mulNo: '',
    about: `${drift} ${title ?? ''}`,
    detail: { drift, title },
  });
  deps.log.warn('runtime.drifted', { runtimeId: row.id, drift });
  const fresh = await deps.store.get('runtimes', row.id);
  if (fresh === null || !isAtRest(deps, fresh)) return;
  const at = deps.clock.now().toISOString();
  const known = readJson(factsSchema, fresh.facts, noFacts);
  const facts = drift === 'missing' ? withoutCompose(known, at) : afterDrift(known, drift, at);
  if (facts === null) return;
  const changes = { facts: JSON.stringify(facts), nextCheckAt: at };
  await deps.store.update('runtimes', { id: fresh.id, version: fresh.version }, changes);
};
