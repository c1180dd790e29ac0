/**
 * Carries out one planned action and folds what came of it into the facts. Never throws for what
 * the outside world does. The steps at the deployer, at the machine and at the tenant's agent are in
 * files of their own; here is the task for a person.
 */
import * as agent from './agent-steps.ts';
import * as deployer from './deployer-steps.ts';
import * as machine from './machine-steps.ts';
import { observeExport } from './export-steps.ts';
import * as removal from './removal-steps.ts';
import * as restart from './restart-steps.ts';
import * as restore from './restore-steps.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { advanced } from './work.ts';
import type { Act, Outcome, Work } from './work.ts';

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

/** What is wanting, and where somebody would have to look for it. */
const removalDetail = ({ removal, takedown, placement }: Facts): string =>
  JSON.stringify({
    problem: removal.problem ?? removal.error ?? takedown.error,
    appName: removal.target?.appName ?? null,
    serverId: placement.serverId,
  });

/** Row id from (kind, subject): raising twice is raising once. */
const raiseTask = async (work: Work): Promise<Outcome> => {
  const { store, ids, clock, log } = work.deps;
  const goes = work.row.desired === 'deleted';
  const kind = goes ? 'deletion_unproven' : 'provisioning_stuck';
  const taskId = ids.idFrom(kind, work.row.id);
  await store.create('tasks', taskId, {
    data: {
      kind,
      subjectId: work.row.id,
      detail: goes
        ? removalDetail(work.facts)
        : taskDetail(work.facts.deployment.title, await failureLog(work)),
      openedAt: clock.now().toISOString(),
      closedAt: null,
    },
    readers: 'functions',
  });
  log.error('runtime.operator_needed', { runtimeId: work.row.id, task: kind });
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
      return agent.observeAgent(work);
    case 'observe_export':
      return observeExport(work);
    case 'observe_machine':
      return atCompose(work, machine.observeMachine);
    case 'start':
      return atCompose(work, machine.startMachine);
    case 'restart_stop':
      return atCompose(work, restart.stopForRestart);
    case 'restart_start':
      return atCompose(work, restart.startAfterRestart);
    case 'verify':
      return agent.verify(work);
    case 'ask_smoke':
      return agent.askSmoke(work);
    case 'start_smoke':
      return agent.startSmoke(work, act.smokeId);
    case 'start_check':
      return agent.startCheck(work, act.checkId);
    case 'start_backup':
      return agent.startBackup(work, act);
    case 'settle_restore':
      return restore.settleRestore(work, act.verdict);
    case 'prove_exposure':
      return agent.proveExposure(work);
    case 'end_access':
      return agent.endAccess(work);
    case 'find_compose':
      return machine.findCompose(work);
    case 'stop':
      return atCompose(work, machine.stopMachine);
    case 'remove':
      return atCompose(work, machine.removeMachine);
    case 'look_gone':
      return removal.lookGone(work);
    case 'prove_unrouted':
      return removal.proveUnrouted(work);
    case 'issue_receipt':
      return removal.issueReceipt(work);
    case 'release_slot':
      return machine.giveSlotBack(work);
    case 'raise_task':
      return raiseTask(work);
  }
};
