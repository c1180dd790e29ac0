/** What would go, what would stay, and what stands in the way. Reads only. */
import { isAlive, isUnderWay, standingIn } from '#core/account/deletion.ts';
import { factsOf } from '#app/orders/order-row.ts';
import { pagesOf } from '#app/pages.ts';
import type { Stored } from '#ports/store.ts';
import type { surveyDeletion as surveyOperation } from '#schemas/contract/account.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { AccountDeps } from './deps.ts';

export type Survey = ValueOf<typeof surveyOperation>;
type Deps = Pick<AccountDeps, 'store' | 'departures'>;

export const surveyDeletion = async (deps: Deps, userId: string): Promise<Survey> => {
  const parts: Survey[] = [];
  for (const { teamId } of await deps.departures.membershipsOf(userId)) {
    parts.push(await surveyWorkspace(deps, teamId, userId));
  }
  return {
    obstacles: parts.flatMap(({ obstacles }) => obstacles),
    removed: parts.flatMap(({ removed }) => removed),
    left: parts.flatMap(({ left }) => left),
  };
};

const nothing: Survey = { obstacles: [], removed: [], left: [] };

const surveyWorkspace = async (
  deps: Deps,
  workspaceId: string,
  userId: string,
): Promise<Survey> => {
  const workspace = await deps.store.get('workspaces', workspaceId);
  // Its creation was interrupted: nothing can be in it.
  if (workspace === null) return nothing;
  const { name } = workspace;
  const standing = standingIn(await deps.departures.membersOf(workspaceId), userId);
  if (standing === 'left') return { ...nothing, left: [{ workspaceId, name }] };
  const alive = await livingIn(deps, workspace);
  if (standing === 'last_owner') {
    const members = { kind: 'members', subjectId: workspaceId, name } as const;
    alive.push({ ...members, workspaceId, workspaceName: name });
  }
  if (alive.length > 0) return { ...nothing, obstacles: alive };
  return { ...nothing, removed: [{ workspaceId, name }] };
};

const livingIn = async (
  deps: Deps,
  { id: workspaceId, name: workspaceName }: Stored<'workspaces'>,
): Promise<Survey['obstacles']> => {
  const runtimes = await pagesOf(deps.store, 'runtimes', { workspaceId });
  const orders = await pagesOf(deps.store, 'orders', { workspaceId });
  const place = { workspaceId, workspaceName };
  return [
    ...runtimes
      .filter(isAlive)
      .map(({ id, name }) => ({ kind: 'runtime' as const, ...place, subjectId: id, name })),
    ...orders
      .filter((order) => isUnderWay(factsOf(order)))
      .map((order) => ({
        kind: 'order' as const,
        ...place,
        subjectId: order.id,
        name: order.runtimeName,
      })),
  ];
};
