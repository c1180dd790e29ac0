/** Steps towards a deployed runtime: its slot, its service, its files, the deployment itself. */
import { provesAnew } from '#core/runtime/proof.ts';
import { composeName, deployerProjectName, deploymentTitle } from '#core/runtime/names.ts';
import { claimSlot } from '#app/placement/claim-slot.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { planBought } from '#schemas/plans.ts';
import type { StackServices } from './stack.ts';
import { foldDeployment } from './observe.ts';
import { advanced, failed, forgetCompose, interrupted, refused, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

export const claimPlace = async (work: Work): Promise<Outcome> => {
  const { deps, row, facts } = work;
  const memoryMiB = planBought(row.planKey, row.planVersion)?.memoryMiB ?? 0;
  const slot = await claimSlot(deps, { runtimeId: row.id, memoryMiB });
  const seen = seenNow(work);
  if (slot !== null) {
    return advanced({ ...facts, placement: { ...seen, ...slot, waitingSince: null } });
  }
  const { waitingSince } = facts.placement;
  if (waitingSince === null) {
    const { id: subjectId, orderId } = row;
    const detail = { orderId, memoryMiB };
    await raiseTask(deps, { kind: 'no_capacity', subjectId, mulNo: '', detail });
  }
  // Waiting is no failure: nothing was tried that could have worked.
  const placement = {
    ...facts.placement,
    observedAt: seen.observedAt,
    error: 'no_capacity' as const,
    waitingSince: waitingSince ?? seen.observedAt,
  };
  return advanced({ ...facts, placement });
};

export const ensureProject = async (work: Work): Promise<Outcome> => {
  const { serverId } = work.facts.placement;
  if (serverId === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.ensureProject(deployerProjectName(serverId));
  if (outcome.kind !== 'ok') return refused(work, 'project', outcome);
  return advanced({ ...work.facts, project: { ...seenNow(work), ...outcome.value } });
};

export const ensureCompose = async (work: Work): Promise<Outcome> => {
  const { projectId, environmentId } = work.facts.project;
  if (projectId === null || environmentId === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.ensureCompose({
    projectId,
    environmentId,
    name: composeName(work.row.id),
    serverId: work.facts.placement.dokployServerId,
  });
  if (outcome.kind === 'not_found') {
    const project = { ...seenNow(work), projectId: null, environmentId: null };
    return failed({ ...work.facts, project });
  }
  if (outcome.kind !== 'ok') return refused(work, 'compose', outcome);
  const { composeId } = outcome.value;
  return advanced({
    ...work.facts,
    compose: { ...work.facts.compose, ...seenNow(work), composeId, configHash: null },
  });
};

/** They may have been written or not: whatever is wanted next is written anew. */
const withUnknownFiles = (after: Outcome): Outcome => {
  const compose = { ...after.facts.compose, configHash: null };
  return { ...after, facts: { ...after.facts, compose } };
};

export const configure = async (work: Work, composeId: string): Promise<Outcome> => {
  const outcome = await work.deps.deployer.configure(composeId, work.stack.config);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  if (outcome.kind === 'unknown') return withUnknownFiles(refused(work, 'compose', outcome));
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

const nothingSeen = { observedAt: null, error: null };

const exportBy = (intent: { readonly runtimeId: string; readonly attempt: number }) => ({
  ...nothingSeen,
  title: deploymentTitle(intent.runtimeId, intent.attempt),
  answers: false,
});

/** The intent to deploy: written before the call, so that a crash cannot lose the title. */
export const intendDeployment = (
  facts: Facts,
  intent: {
    readonly runtimeId: string;
    readonly attempt: number;
    readonly configHash: string;
    readonly smokeId: string | null;
    readonly restartId: string | null;
    readonly wasReady: boolean;
    readonly services: StackServices;
    readonly at: string;
  },
): Facts => ({
  ...facts,
  ...(intent.services === 'all' ? {} : { export: exportBy(intent) }),
  deployment: {
    title: deploymentTitle(intent.runtimeId, intent.attempt),
    attempt: intent.attempt,
    configHash: intent.configHash,
    status: 'requested',
    requestedAt: intent.at,
    finishedAt: null,
    precedingSmokeId: intent.smokeId,
    proves: provesAnew(facts, intent),
    ...nothingSeen,
  },
  // Deployed after it was stopped: nothing runs that a restart asked for before was meant for.
  ...(facts.takedown.state === null
    ? {}
    : { restart: { ...nothingSeen, restartId: intent.restartId, state: 'started' } }),
  // What was stopped or silent before says nothing about what is started now.
  takedown: { ...nothingSeen, state: null },
  removal: noFacts.removal,
  machine: { ...nothingSeen, state: null },
  verify: { ...nothingSeen, report: null },
  exposure: { ...nothingSeen, report: null },
  smoke: { ...nothingSeen, report: null, nonceHash: '' },
});

export const deploy = async (work: Work, composeId: string): Promise<Outcome> => {
  const { title } = work.facts.deployment;
  if (title === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.deploy(composeId, title);
  // Unknown: it may be queued. Looking for the title decides, never asking twice.
  if (outcome.kind === 'ok' || outcome.kind === 'unknown') return advanced(work.facts);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  const after = refused(work, 'deployment', outcome);
  const status = 'error' as const;
  const finishedAt = seenNow(work).observedAt;
  const deployment = { ...after.facts.deployment, status, finishedAt };
  return { ...after, facts: { ...after.facts, deployment } };
};

export const observeDeployment = async (work: Work, composeId: string): Promise<Outcome> => {
  const { title } = work.facts.deployment;
  if (title === null) return advanced(work.facts);
  const outcome = await work.deps.deployer.deploymentStatus(composeId, title);
  if (outcome.kind === 'not_found') return forgetCompose(work);
  if (outcome.kind !== 'ok') return refused(work, 'deployment', outcome);
  const facts = foldDeployment(work.facts, outcome.value, seenNow(work).observedAt);
  const { status } = facts.deployment;
  if (status === 'cancelled' || status === 'lost') return interrupted(facts);
  return status === 'error' ? failed(facts) : advanced(facts);
};

export const declareLost = (work: Work): Outcome => {
  work.deps.log.warn('runtime.deployment_lost', {
    runtimeId: work.row.id,
    title: work.facts.deployment.title,
  });
  const finishedAt = seenNow(work).observedAt;
  const deployment = { ...work.facts.deployment, status: 'lost' as const, finishedAt };
  return interrupted({ ...work.facts, deployment });
};
