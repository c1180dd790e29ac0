/**
 * What Dokploy says of our runtimes: compose status and recent deployments, beside our own word.
 * A runtime whose deployer cannot be asked is still listed, with its own state.
 */
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { composeStatus, recentDeployments } from '#schemas/contract/operator.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts, noFacts } from '#schemas/record/runtime.ts';
import type { Deployer } from '#ports/runtime.ts';
import type { Store, Stored } from '#ports/store.ts';

export interface MachineDeps {
  readonly store: Store;
  readonly deployer: Deployer;
}

/** One page of the operator's view; each runtime costs one call to Dokploy. */
const runtimesAtMost = 25;
const deploymentsAtMost = 50;

const composeIdOf = (row: Stored<'runtimes'>): string | null =>
  readJson(facts, row.facts, noFacts).compose.composeId;

const newestRuntimes = (store: Store, after?: string): Promise<readonly Stored<'runtimes'>[]> =>
  store.list('runtimes', {
    newestFirst: true,
    limit: runtimesAtMost,
    ...(after === undefined ? {} : { after }),
  });

export const listComposeStatus = async (
  deps: MachineDeps,
  body: BodyOf<typeof composeStatus>,
): Promise<Result<ValueOf<typeof composeStatus>>> => {
  const runtimes = [];
  const rows = await newestRuntimes(deps.store, body.cursor);
  for (const row of rows) {
    const composeId = composeIdOf(row);
    const seen = composeId === null ? null : await deps.deployer.composeStatus(composeId);
    const value = seen?.kind === 'ok' ? seen.value : null;
    runtimes.push({
      runtimeId: row.id,
      workspaceId: row.workspaceId,
      host: row.host,
      status: row.status,
      desired: row.desired,
      revision: row.revision,
      composeName: value?.name ?? null,
      composeStatus: value?.composeStatus ?? seen?.kind ?? null,
      failures: row.failures,
    });
  }
  const last = rows.length === runtimesAtMost ? rows.at(-1) : undefined;
  return succeed({ runtimes, nextCursor: last?.id ?? null });
};

type Deployments = ValueOf<typeof recentDeployments>['deployments'];

const deploymentsOf = async (
  deps: MachineDeps,
  row: Stored<'runtimes'>,
): Promise<Deployments | 'unreachable'> => {
  const composeId = composeIdOf(row);
  if (composeId === null) return [];
  const seen = await deps.deployer.recentDeployments(composeId);
  if (seen.kind === 'not_found') return [];
  if (seen.kind !== 'ok') return 'unreachable';
  return seen.value.map((deployment) => ({
    deploymentId: deployment.deploymentId,
    runtimeId: row.id,
    status: deployment.status,
    createdAt: deployment.createdAt,
    updatedAt: deployment.finishedAt,
    logPath: deployment.logPath,
    error: deployment.status === 'error' ? 'deploy_failed' : null,
  }));
};

export const listDeployments = async (
  deps: MachineDeps,
  body: BodyOf<typeof recentDeployments>,
): Promise<Result<ValueOf<typeof recentDeployments>>> => {
  const { runtimeId } = body;
  const one = runtimeId === undefined ? null : await deps.store.get('runtimes', runtimeId);
  if (runtimeId !== undefined && one === null) return fail('runtime_unknown');
  const rows = one === null ? await newestRuntimes(deps.store) : [one];
  const deployments: Deployments = [];
  for (const row of rows) {
    const found = await deploymentsOf(deps, row);
    if (found === 'unreachable') return fail('deployer_unreachable');
    deployments.push(...found);
  }
  const newest = deployments.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return succeed({ deployments: newest.slice(0, deploymentsAtMost) });
};
