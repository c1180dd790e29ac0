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

const scanPagesAtMost = 5;
const scanPageSize = 100;

/** A page, or what a search finds: by an id first, else by a part of name or host of the newest. */
const rowsFor = async (
  store: Store,
  { search = '', status, cursor }: BodyOf<typeof composeStatus>,
): Promise<readonly Stored<'runtimes'>[]> => {
  const where = status === undefined ? {} : { status };
  if (search === '') {
    return store.list('runtimes', {
      where,
      newestFirst: true,
      limit: runtimesAtMost,
      ...(cursor === undefined ? {} : { after: cursor }),
    });
  }
  const byId = await namedBy(store, search);
  const fits = (row: Stored<'runtimes'>): boolean => status === undefined || row.status === status;
  if (byId.length > 0) return byId.filter(fits);
  const wanted = search.toLowerCase();
  const found: Stored<'runtimes'>[] = [];
  let after: string | undefined;
  for (let page = 0; page < scanPagesAtMost && found.length < runtimesAtMost; page += 1) {
    const rows: readonly Stored<'runtimes'>[] = await store.list('runtimes', {
      where,
      newestFirst: true,
      limit: scanPageSize,
      ...(after === undefined ? {} : { after }),
    });
    found.push(
      ...rows.filter(({ name, host }) => `${name} ${host}`.toLowerCase().includes(wanted)),
    );
    after = rows.at(-1)?.id;
    if (rows.length < scanPageSize) break;
  }
  return found.slice(0, runtimesAtMost);
};

const idShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/;

const namedBy = async (store: Store, id: string): Promise<readonly Stored<'runtimes'>[]> => {
  if (!idShape.test(id)) return [];
  const one = await store.get('runtimes', id);
  if (one !== null) return [one];
  const limit = runtimesAtMost;
  const ordered = await store.list('runtimes', { where: { orderId: id }, limit });
  if (ordered.length > 0) return ordered;
  return store.list('runtimes', { where: { workspaceId: id }, newestFirst: true, limit });
};

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
  const rows = await rowsFor(deps.store, body);
  for (const row of rows) {
    const composeId = composeIdOf(row);
    const seen = composeId === null ? null : await deps.deployer.composeStatus(composeId);
    const value = seen?.kind === 'ok' ? seen.value : null;
    runtimes.push({
      runtimeId: row.id,
      name: row.name,
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
  const hasPages = (body.search ?? '') === '';
  const last = hasPages && rows.length === runtimesAtMost ? rows.at(-1) : undefined;
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
