/**
 * Carries out one planned action and folds what came of it into the facts. Never throws for what
 * the outside world does; `failed` asks the caller to count the failure and back off.
 */
import type { Action } from '#core/runtime/plan.ts';
import { composeName, deployerProjectName, deploymentTitle } from '#core/runtime/names.ts';
import type { AgentOutcome, DeployerOutcome } from '#ports/runtime.ts';
import type { VerifyAnswer } from '#schemas/contract/agent.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';
import { deployerReason, foldDeployment, foldState, foldVerify } from './observe.ts';
import type { RenderedStack } from './stack.ts';

export interface Outcome {
  readonly facts: Facts;
  readonly progress: 'advanced' | 'failed' | 'recovered';
}

export type Act = Exclude<Action, { kind: 'wait' }>;

interface Work {
  readonly deps: ReconcileDeps;
  readonly row: RuntimeRecord;
  readonly facts: Facts;
  readonly stack: RenderedStack;
}

type FactName = 'project' | 'compose' | 'deployment';

const advanced = (facts: Facts): Outcome => ({ facts, progress: 'advanced' });

/** Keeps everything that was known and adds why the step did not work. */
const refused = (
  work: Work,
  name: FactName,
  outcome: Exclude<DeployerOutcome<unknown>, { kind: 'ok' }>,
): Outcome => {
  const observedAt = work.deps.clock.now().toISOString();
  const error = deployerReason(outcome);
  work.deps.log.warn('runtime.deployer_step_failed', {
    runtimeId: work.row.id,
    step: name,
    reason: error,
  });
  const facts = { ...work.facts, [name]: { ...work.facts[name], observedAt, error } };
  return { facts, progress: 'failed' };
};

const seenNow = (work: Work) => ({
  observedAt: work.deps.clock.now().toISOString(),
  error: null,
});

const ensureProject = async (work: Work): Promise<Outcome> => {
  const outcome = await work.deps.deployer.ensureProject(deployerProjectName);
  if (outcome.kind !== 'ok') return refused(work, 'project', outcome);
  return advanced({ ...work.facts, project: { ...seenNow(work), ...outcome.value } });
};

const ensureCompose = async (work: Work): Promise<Outcome> => {
  const { projectId, environmentId } = work.facts.project;
  if (projectId === null || environmentId === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.ensureCompose({
    projectId,
    environmentId,
    name: composeName(work.row.id),
  });
  if (outcome.kind !== 'ok') return refused(work, 'compose', outcome);
  const { composeId } = outcome.value;
  return advanced({
    ...work.facts,
    compose: { ...work.facts.compose, ...seenNow(work), composeId, configHash: null },
  });
};

const configure = async (work: Work, composeId: string): Promise<Outcome> => {
  const outcome = await work.deps.deployer.configure(composeId, work.stack.config);
  if (outcome.kind === 'not_found') {
    // Deleted behind our back: only a confirmed not-found lets it be created again.
    const compose = { ...work.facts.compose, ...seenNow(work), composeId: null, configHash: null };
    return { facts: { ...work.facts, compose }, progress: 'failed' };
  }
  if (outcome.kind !== 'ok') return refused(work, 'compose', outcome);
  return advanced({
    ...work.facts,
    compose: {
      composeId,
      ...seenNow(work),
      configHash: work.stack.hash,
      domainId: outcome.value.domainId,
    },
  });
};

/** The intent to deploy: written before the call, so that a crash cannot lose the title. */
export const intendDeployment = (
  facts: Facts,
  intent: {
    readonly runtimeId: string;
    readonly attempt: number;
    readonly configHash: string;
    readonly smokeId: string | null;
    readonly at: string;
  },
): Facts => ({
  ...facts,
  deployment: {
    title: deploymentTitle(intent.runtimeId, intent.attempt),
    attempt: intent.attempt,
    configHash: intent.configHash,
    status: 'requested',
    requestedAt: intent.at,
    finishedAt: null,
    precedingSmokeId: intent.smokeId,
    observedAt: null,
    error: null,
  },
  verify: { observedAt: null, error: null, report: null },
  smoke: { observedAt: null, error: null, report: null },
});

const deploy = async (work: Work, composeId: string): Promise<Outcome> => {
  const { title } = work.facts.deployment;
  if (title === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.deploy(composeId, title);
  // Unknown: it may be queued. Looking for the title decides, never asking twice.
  if (outcome.kind === 'ok' || outcome.kind === 'unknown') return advanced(work.facts);
  const after = refused(work, 'deployment', outcome);
  const status = 'error' as const;
  const finishedAt = work.deps.clock.now().toISOString();
  const deployment = { ...after.facts.deployment, status, finishedAt };
  return { ...after, facts: { ...after.facts, deployment } };
};

const observeDeployment = async (work: Work, composeId: string): Promise<Outcome> => {
  const { title } = work.facts.deployment;
  if (title === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.deploymentStatus(composeId, title);
  if (outcome.kind !== 'ok') return refused(work, 'deployment', outcome);
  const facts = foldDeployment(work.facts, outcome.value, seenNow(work).observedAt);
  const failed = ['error', 'cancelled', 'lost'].includes(facts.deployment.status);
  return { facts, progress: failed ? 'failed' : 'advanced' };
};

const declareLost = (work: Work): Outcome => {
  work.deps.log.warn('runtime.deployment_lost', {
    runtimeId: work.row.id,
    title: work.facts.deployment.title,
  });
  const at = work.deps.clock.now().toISOString();
  const deployment = { ...work.facts.deployment, status: 'lost' as const, finishedAt: at };
  return { facts: { ...work.facts, deployment }, progress: 'failed' };
};

const observeAgent = async (work: Work): Promise<Outcome> => {
  const seen = await work.deps.agent.state({ runtimeId: work.row.id, host: work.row.host });
  return advanced(foldState(work.facts, seen, seenNow(work).observedAt));
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

export const perform = async (act: Act, work: Work): Promise<Outcome> => {
  const { composeId } = work.facts.compose;
  switch (act.kind) {
    case 'ensure_project':
      return ensureProject(work);
    case 'ensure_compose':
      return ensureCompose(work);
    case 'configure':
      return composeId === null ? advanced(work.facts) : configure(work, composeId);
    case 'deploy':
      return composeId === null ? advanced(work.facts) : deploy(work, composeId);
    case 'observe_deployment':
      return composeId === null ? advanced(work.facts) : observeDeployment(work, composeId);
    case 'declare_lost':
      return declareLost(work);
    case 'observe_agent':
      return observeAgent(work);
    case 'verify':
      return verify(work);
    case 'start_smoke':
      return startSmoke(work, act.smokeId);
    case 'raise_task':
      return raiseTask(work);
  }
};
