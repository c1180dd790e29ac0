/**
 * Once an hour, server by server: services that no runtime owns, slots that nobody holds, marks
 * that are no longer true. Tells an operator, frees what is provably free, deletes nothing by guess;
 * with nothing wrong it writes nothing.
 */
import { deployerProjectName, runtimeOfCompose } from '#core/runtime/names.ts';
import { freeNumbers } from '#core/runtime/slots.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { pagesOf, rowsById } from '#app/pages.ts';
import type { ComposeSummary, Deployer } from '#ports/runtime.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { markRoom, releaseSlot } from './claim-slot.ts';
import { markFound, markLost } from './lost-server.ts';

export interface SurveyDeps {
  readonly store: Store;
  readonly deployer: Deployer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
}

type Server = Stored<'servers'>;

/** A claim is written down on its runtime a moment after it is made; one this old was not. */
const claimGraceMs = 10 * 60_000;

export const surveyServers = async (deps: SurveyDeps): Promise<void> => {
  for (const server of await pagesOf(deps.store, 'servers', {})) await surveyServer(deps, server);
};

const surveyServer = async (deps: SurveyDeps, server: Server): Promise<void> => {
  const status = await deps.deployer.serverStatus(server.dokployServerId);
  if (status.kind === 'ok' && status.value === 'unreachable') await markLost(deps, server.id);
  if (status.kind === 'ok' && status.value === 'reachable') await markFound(deps, server.id);
  const slots = await pagesOf(deps.store, 'slots', { serverId: server.id });
  const freed = await freeStraySlots(deps, slots);
  const held = slots.filter(({ id }) => !freed.has(id));
  const numbers = new Set(held.map(({ id }) => id));
  if (freeNumbers(server, numbers).length > 0) await markRoom(deps, server.id);
  await reportOrphans(deps, server, new Set(held.map(({ runtimeId }) => runtimeId)));
};

/** Slots whose runtime is gone, or holds another one. */
const freeStraySlots = async (
  deps: SurveyDeps,
  slots: readonly Stored<'slots'>[],
): Promise<ReadonlySet<string>> => {
  const now = deps.clock.now().getTime();
  const old = slots.filter(({ createdAt }) => now - Date.parse(createdAt) >= claimGraceMs);
  const holders = old.map(({ runtimeId }) => runtimeId);
  const runtimes = await rowsById(deps.store, 'runtimes', holders);
  const freed = new Set<string>();
  for (const slot of old) {
    const runtime = runtimes.get(slot.runtimeId);
    if (runtime !== undefined && mayHold(runtime, slot.id)) continue;
    await releaseSlot(deps, slot.id, slot.runtimeId);
    freed.add(slot.id);
  }
  return freed;
};

const mayHold = (runtime: Stored<'runtimes'>, slotId: string): boolean => {
  const held = readJson(factsSchema, runtime.facts, noFacts).placement.slotId;
  // Claimed and not written down yet: its next step finds the claim.
  return held === null ? runtime.status !== 'deleted' : held === slotId;
};

const reportOrphans = async (
  deps: SurveyDeps,
  server: Server,
  placed: ReadonlySet<string>,
): Promise<void> => {
  const listed = await deps.deployer.listComposes(deployerProjectName(server.id));
  if (listed.kind !== 'ok') {
    const isNew = listed.kind === 'not_found';
    if (!isNew) deps.log.warn('survey.incomplete', { serverId: server.id, reason: listed.kind });
    return;
  }
  const seen = new Set<string>();
  for (const compose of listed.value) {
    const runtimeId = runtimeOfCompose(compose.name);
    // Oldest first: of two with one name the older is the one that is used.
    const isOwned = runtimeId !== null && placed.has(runtimeId) && !seen.has(runtimeId);
    if (runtimeId !== null) seen.add(runtimeId);
    if (isOwned || runtimeId === null) continue;
    await reportOrphan(deps, server, compose);
  }
};

const reportOrphan = async (
  deps: SurveyDeps,
  server: Server,
  { composeId, name }: ComposeSummary,
): Promise<void> => {
  await raiseTask(deps, {
    kind: 'orphan_compose',
    subjectId: runtimeOfCompose(name) ?? name,
    mulNo: '',
    about: composeId,
    detail: { composeId, name, serverId: server.id },
  });
};
