/** Steps about the machine under a runtime: what it shows, starting it, taking it down for good. */
import { composeName, deployerProjectName } from '#core/runtime/names.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { markLost } from '#app/placement/lost-server.ts';
import { heldSlot, releaseSlot } from '#app/placement/claim-slot.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { isUp } from '#ports/runtime.ts';
import type { ContainerHealth } from '#ports/runtime.ts';
import { advanced, failed, forgetCompose, refused, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

type MachineState = NonNullable<Facts['machine']['state']>;

/** Sleeps beside every runtime, alive or not (`core/runtime/scratch-service.ts`). */
const isScratch = ({ name }: ContainerHealth): boolean => /-scratch-\d+$/.test(name);

/** The one-shot bootstrap has ended in every healthy stack: it is the others that must be up. */
export const areDown = (containers: readonly ContainerHealth[]): boolean =>
  !containers.some((one) => isUp(one) && !isScratch(one));

const withMachine = (work: Work, state: MachineState): Facts => ({
  ...work.facts,
  machine: { ...seenNow(work), state },
});

/** Counted as a failure whatever it shows: the runtime does not answer. */
export const observeMachine = async (work: Work, composeId: string): Promise<Outcome> => {
  const { deployer } = work.deps;
  const seen = await deployer.health(composeId);
  if (seen.kind === 'not_found') return forgetCompose(work);
  if (seen.kind !== 'ok') return refused(work, 'machine', seen);
  if (seen.value.length > 0) return failed(withMachine(work, areDown(seen.value) ? 'down' : 'up'));
  // Nothing listed: nothing is there, or the deployer could not look.
  const { dokployServerId, serverId } = work.facts.placement;
  const server = await deployer.serverStatus(dokployServerId);
  if (server.kind !== 'ok') return refused(work, 'machine', server);
  if (server.value === 'reachable') return failed(withMachine(work, 'down'));
  if (serverId !== null) await markLost(work.deps, serverId);
  return failed(withMachine(work, 'server_unreachable'));
};

export const startMachine = async (work: Work, composeId: string): Promise<Outcome> => {
  const { log } = work.deps;
  const outcome = await work.deps.deployer.start(composeId);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  if (outcome.kind === 'ok') {
    log.warn('runtime.started', { runtimeId: work.row.id });
    return advanced(withMachine(work, 'started'));
  }
  const after = refused(work, 'machine', outcome);
  if (outcome.kind === 'unknown') return after;
  // Its files or images are gone: only a deployment writes them again.
  const finishedAt = seenNow(work).observedAt;
  const deployment = { ...after.facts.deployment, status: 'lost' as const, finishedAt };
  return failed({ ...after.facts, deployment });
};

const withTakedown = (work: Work, state: Facts['takedown']['state']): Facts => ({
  ...work.facts,
  takedown: { ...seenNow(work), state },
});

const withoutService = (work: Work, state: 'gone' | 'left' = 'gone'): Facts => {
  const facts = withTakedown(work, state);
  const serviceAt = facts.removal.serviceAt ?? seenNow(work).observedAt;
  return { ...facts, removal: { ...facts.removal, serviceAt } };
};

/** Without a place nothing can have been made; with one, a service may stand there unnoted. */
export const findCompose = async (work: Work): Promise<Outcome> => {
  const { serverId } = work.facts.placement;
  if (serverId === null) return findPlace(work);
  const outcome = await work.deps.deployer.findCompose({
    projectName: deployerProjectName(serverId),
    name: composeName(work.row.id),
  });
  if (outcome.kind !== 'ok' && outcome.kind !== 'not_found') {
    return refused(work, 'takedown', outcome);
  }
  const composeId = outcome.kind === 'ok' ? outcome.value : null;
  if (composeId === null) return advanced(withoutService(work));
  return advanced({ ...work.facts, compose: { ...work.facts.compose, composeId } });
};

/** A claim may have been made by a run that died before it was written down. */
const findPlace = async (work: Work): Promise<Outcome> => {
  const slot = await heldSlot(work.deps, work.row.id);
  if (slot === null) return advanced(withoutService(work));
  const placement = { ...seenNow(work), ...slot, waitingSince: null };
  return advanced({ ...work.facts, placement });
};

/** Whoever is inside goes before the machine does; one that cannot be told ends with it. */
const closeDoor = async ({ deps, row }: Work): Promise<void> => {
  await deps.agent.limitAccess({ runtimeId: row.id, host: row.host }, []);
};

export const stopMachine = async (work: Work, composeId: string): Promise<Outcome> => {
  await closeDoor(work);
  const outcome = await work.deps.deployer.stop(composeId);
  if (outcome.kind === 'not_found') return gone(work);
  if (outcome.kind !== 'ok') return refused(work, 'takedown', outcome);
  if (outcome.value.state === 'still_running') return failed(withTakedown(work, null));
  work.deps.log.info('runtime.stopped', { runtimeId: work.row.id });
  return { facts: withTakedown(work, 'stopped'), progress: 'recovered' };
};

const gone = (work: Work, state: 'gone' | 'left' = 'gone'): Outcome => {
  const facts = withoutService(work, state);
  const compose = { ...facts.compose, composeId: null, configHash: null, domainId: null };
  return { facts: { ...facts, compose }, progress: 'recovered' };
};

/** Before it is deleted, and written down before that: afterwards nobody could be asked. */
const notePlace = async (work: Work, composeId: string): Promise<Outcome> => {
  const outcome = await work.deps.deployer.locate(composeId);
  if (outcome.kind === 'not_found') return gone(work);
  if (outcome.kind !== 'ok') return refused(work, 'takedown', outcome);
  const { appName, serverId } = outcome.value;
  const removal = { ...work.facts.removal, target: { appName, serverId } };
  return advanced({ ...work.facts, removal });
};

/** Volumes go too: whoever asks for removal asks for that. */
export const removeMachine = async (work: Work, composeId: string): Promise<Outcome> => {
  if (work.facts.removal.target === null) return notePlace(work, composeId);
  if (work.facts.takedown.state !== 'stopped') await closeDoor(work);
  const outcome = await work.deps.deployer.remove(composeId, { volumes: true });
  if (outcome.kind === 'not_found') return gone(work);
  if (outcome.kind !== 'ok') return refused(work, 'takedown', outcome);
  const { state, containers } = outcome.value;
  if (state === 'gone' && containers.length === 0) return gone(work);
  if (containers.length === 0) return failed(withTakedown(work, null));
  // The service is deleted and docker still lists what it left: no call can stop that any more.
  const detail = { containers: containers.join(' '), serverId: work.facts.placement.serverId };
  const task = { kind: 'containers_left', subjectId: work.row.id, mulNo: '', detail } as const;
  await raiseTask(work.deps, task);
  return gone(work, state === 'gone' ? 'gone' : 'left');
};

export const giveSlotBack = async (work: Work): Promise<Outcome> => {
  const { slotId } = work.facts.placement;
  if (slotId !== null) await releaseSlot(work.deps, slotId, work.row.id);
  await work.deps.faults.reach('slot.released');
  const { placement } = noFacts;
  const { observedAt } = seenNow(work);
  const removal = { ...work.facts.removal, slotAt: observedAt };
  return advanced({ ...work.facts, placement: { ...placement, ...seenNow(work) }, removal });
};
