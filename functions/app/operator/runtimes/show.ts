/** One runtime as it stands: our word, Dokploy's word, and what can be done. */
import type { Deployer, DeploymentSummary } from '#ports/runtime.ts';
import type { Store } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  deploymentLog as logOperation,
  RuntimeFile,
  showRuntime as showOperation,
} from '#schemas/contract/operator-runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { conditions, facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { possibleActions } from './judge.ts';

export interface ShowDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly deployer: Pick<Deployer, 'composeStatus' | 'recentDeployments' | 'failureLog'>;
}

const deploymentsAtMost = 10;

export const showRuntime = async (
  deps: ShowDeps,
  { runtimeId }: BodyOf<typeof showOperation>,
): Promise<Result<ValueOf<typeof showOperation>>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown', { field: 'runtimeId' });
  const facts = readJson(factsSchema, row.facts, noFacts);
  const order = await deps.store.get('orders', row.orderId);
  const said = await askDeployer(deps, facts.compose.composeId);
  return succeed({
    runtimeId,
    name: row.name,
    workspaceId: row.workspaceId,
    orderId: row.orderId,
    host: row.host,
    planKey: row.planKey,
    status: row.status,
    desired: row.desired,
    revision: row.revision,
    failures: row.failures,
    createdAt: row.createdAt,
    paidUntil: row.paidUntil,
    nextCheckAt: row.nextCheckAt,
    serverId: facts.placement.serverId,
    conditions: readJson(conditions, row.conditions, []),
    deletesAt: row.deletesAt,
    deletion: deletionOf(row),
    removalProblem: row.desired === 'deleted' ? facts.removal.problem : null,
    ...said,
    possible: possibleActions({ row, facts, order, nowMs: deps.clock.now().getTime() }),
  });
};

/** A deployer that cannot be asked is told as such: what we know ourselves is still shown. */
const askDeployer = async (
  { deployer }: ShowDeps,
  composeId: string | null,
): Promise<Pick<RuntimeFile, 'compose' | 'deployments'>> => {
  if (composeId === null) return { compose: { name: null, status: null }, deployments: [] };
  const seen = await deployer.composeStatus(composeId);
  if (seen.kind !== 'ok') return { compose: { name: null, status: seen.kind }, deployments: [] };
  const recent = await deployer.recentDeployments(composeId);
  return {
    compose: { name: seen.value.name, status: seen.value.composeStatus },
    deployments: recent.kind === 'ok' ? recent.value.slice(0, deploymentsAtMost).map(viewOf) : [],
  };
};

const viewOf = (deployment: DeploymentSummary): RuntimeFile['deployments'][number] => ({
  deploymentId: deployment.deploymentId,
  status: deployment.status,
  createdAt: deployment.createdAt,
  updatedAt: deployment.finishedAt,
  logPath: deployment.logPath,
  error: deployment.status === 'error' ? 'deploy_failed' : null,
});

/** Redacted by the adapter: nothing else of the log ever comes here. */
export const readDeploymentLog = async (
  deps: ShowDeps,
  { runtimeId, deploymentId }: BodyOf<typeof logOperation>,
): Promise<Result<ValueOf<typeof logOperation>>> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return fail('runtime_unknown', { field: 'runtimeId' });
  const { composeId } = readJson(factsSchema, row.facts, noFacts).compose;
  const unknown = fail('deployment_unknown', { field: 'deploymentId' });
  if (composeId === null) return unknown;
  const recent = await deps.deployer.recentDeployments(composeId);
  if (recent.kind === 'not_found') return unknown;
  if (recent.kind !== 'ok') return fail('deployer_unreachable');
  const found = recent.value.find((one) => one.deploymentId === deploymentId);
  if (found === undefined) return unknown;
  const log = await deps.deployer.failureLog(composeId, found.title);
  if (log.kind === 'not_found') return unknown;
  return log.kind === 'ok' ? succeed({ log: log.value }) : fail('deployer_unreachable');
};
