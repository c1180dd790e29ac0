/**
 * Carries out one planned action and folds what came of it into the facts. Never throws for what
 * the outside world does. The steps at the deployer and at the machine are in files of their own;
 * here are those at the tenant's agent, and the task for a person.
 */
import type { AgentOutcome } from '#ports/runtime.ts';
import type { VerifyAnswer } from '#schemas/contract/agent.ts';
import * as deployer from './deployer-steps.ts';
import * as machine from './machine-steps.ts';
import { foldState, foldVerify } from './observe.ts';
import { advanced, seenNow } from './work.ts';
import type { Act, Outcome, Work } from './work.ts';

const observeAgent = async (work: Work): Promise<Outcome> => {
  const seen = await work.deps.agent.state({ runtimeId: work.row.id, host: work.row.host });
  const facts = foldState(work.facts, seen, seenNow(work).observedAt);
  const isWell = facts.agent.error === null && facts.agent.gateway === 'ready';
  if (!isWell || facts.machine.observedAt === null) return advanced(facts);
  // Silent until now: what was counted against it is over.
  const state = { observedAt: null, error: null, state: null };
  return { facts: { ...facts, machine: state }, progress: 'recovered' };
};

/** The agent's own ladder, below it the rung that can only be tried from outside. */
const climb = async (work: Work): Promise<AgentOutcome<VerifyAnswer>> => {
  const { agent, stack } = work.deps;
  const at = { runtimeId: work.row.id, host: work.row.host };
  const outside = await agent.refusesStrangers(at);
  if (outside.kind !== 'ok') return outside;
  const inside = await agent.verify(at, stack.versionFloor);
  if (inside.kind !== 'ok') return inside;
  const stranger: VerifyAnswer['rungs'][number] = {
    rung: 'stranger_refused',
    result: outside.value ? 'pass' : 'fail',
    reason: outside.value ? '' : 'answered_without_ticket',
  };
  return { kind: 'ok', value: { ...inside.value, rungs: [stranger, ...inside.value.rungs] } };
};

const verify = async (work: Work): Promise<Outcome> => {
  const { deps, row } = work;
  const seen = await climb(work);
  const facts = foldVerify(work.facts, seen, seenNow(work).observedAt);
  const failedRungs = seen.kind === 'ok' ? seen.value.rungs.filter((r) => r.result === 'fail') : [];
  for (const rung of failedRungs) {
    deps.log.warn('runtime.verify_rung_failed', {
      runtimeId: row.id,
      rung: rung.rung,
      reason: rung.reason,
    });
  }
  const passed = seen.kind === 'ok' && failedRungs.length === 0;
  return { facts, progress: passed ? 'recovered' : 'failed' };
};

const startSmoke = async (work: Work, smokeId: string): Promise<Outcome> => {
  const nonce = work.row.smokeNonce ?? work.deps.ids.sha256Hex(smokeId).slice(0, 32);
  const at = { runtimeId: work.row.id, host: work.row.host };
  const seen = await work.deps.agent.startSmoke(at, { smokeId, nonce });
  const observedAt = seenNow(work).observedAt;
  if (seen.kind !== 'ok') {
    const error = seen.kind === 'refused' ? 'agent_refused' : 'agent_unreachable';
    const smoke = { ...work.facts.smoke, observedAt, error } as const;
    return { facts: { ...work.facts, smoke }, progress: 'failed' };
  }
  return advanced({ ...work.facts, smoke: { observedAt, error: null, report: seen.value } });
};

/** Size of the column; a longer detail would lose the whole task. */
const detailLimit = 1_000;

/** The end of the log is what explains a failure, so it is the beginning that is cut. */
const taskDetail = (title: string | null, log: string): string => {
  let tail = log;
  for (;;) {
    const detail = JSON.stringify(tail === '' ? { title } : { title, log: tail });
    if (detail.length <= detailLimit || tail === '') return detail;
    // One character takes up to six there (an escape), so little by little.
    tail = tail.slice(Math.ceil((detail.length - detailLimit) / 6));
  }
};

/** Redacted by the deployer; without it the task is raised all the same. */
const failureLog = async (work: Work): Promise<string> => {
  const { composeId } = work.facts.compose;
  const { title } = work.facts.deployment;
  if (composeId === null || title === null) return '';
  const log = await work.deps.deployer.failureLog(composeId, title);
  return log.kind === 'ok' ? log.value : '';
};

/** Row id from (kind, subject): raising twice is raising once. */
const raiseTask = async (work: Work): Promise<Outcome> => {
  const { store, ids, clock, log } = work.deps;
  const taskId = ids.idFrom('provisioning_stuck', work.row.id);
  await store.create('tasks', taskId, {
    data: {
      kind: 'provisioning_stuck',
      subjectId: work.row.id,
      detail: taskDetail(work.facts.deployment.title, await failureLog(work)),
      openedAt: clock.now().toISOString(),
      closedAt: null,
    },
    readers: 'functions',
  });
  log.error('runtime.operator_needed', { runtimeId: work.row.id, task: 'provisioning_stuck' });
  // Counted, so that the next plan goes on trying at the longest interval.
  return { facts: work.facts, progress: 'failed' };
};

const nothing = (work: Work): Promise<Outcome> => Promise.resolve(advanced(work.facts));

/** Steps at a service that is known; without one there is nothing to do. */
const atCompose = (
  work: Work,
  step: (work: Work, composeId: string) => Promise<Outcome>,
): Promise<Outcome> => {
  const { composeId } = work.facts.compose;
  return composeId === null ? nothing(work) : step(work, composeId);
};

export const perform = async (act: Act, work: Work): Promise<Outcome> => {
  switch (act.kind) {
    case 'claim_slot':
      return deployer.claimPlace(work);
    case 'ensure_project':
      return deployer.ensureProject(work);
    case 'ensure_compose':
      return deployer.ensureCompose(work);
    case 'configure':
      return atCompose(work, deployer.configure);
    case 'deploy':
      return atCompose(work, deployer.deploy);
    case 'observe_deployment':
      return atCompose(work, deployer.observeDeployment);
    case 'declare_lost':
      return deployer.declareLost(work);
    case 'observe_agent':
      return observeAgent(work);
    case 'observe_machine':
      return atCompose(work, machine.observeMachine);
    case 'start':
      return atCompose(work, machine.startMachine);
    case 'verify':
      return verify(work);
    case 'start_smoke':
      return startSmoke(work, act.smokeId);
    case 'find_compose':
      return machine.findCompose(work);
    case 'stop':
      return atCompose(work, machine.stopMachine);
    case 'remove':
      return atCompose(work, machine.removeMachine);
    case 'release_slot':
      return machine.giveSlotBack(work);
    case 'raise_task':
      return raiseTask(work);
  }
};
