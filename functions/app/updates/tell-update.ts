/** What members and a runtime's history are told of its update. Key: the update's id. */
import { announce } from '#app/messages/announce.ts';
import type { AnnounceDeps } from '#app/messages/announce.ts';
import { runtimePath } from '#app/messages/paths.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { UpdateRecord } from '#schemas/contract/updates.ts';

type Named = Pick<RowOf<'runtimes'>, 'workspaceId' | 'name' | 'receipt'> & { readonly id: string };

const about = ({ id: subjectId, workspaceId, name: runtimeName }: Named) => ({
  to: { subjectId, workspaceId },
  values: { runtimeName, path: runtimePath(workspaceId, subjectId) },
});

/** Whoever has not used it yet is not told that it will be away for minutes. */
export const tellPlanned = async (
  deps: AnnounceDeps,
  runtime: Named,
  update: UpdateRecord,
): Promise<void> => {
  if (runtime.receipt === null) return;
  const { to, values } = about(runtime);
  const { latestAt, startsAt: at, updateId } = update;
  await announce(deps, {
    ...to,
    kind: 'update_planned',
    occasion: latestAt === null ? updateId : `${updateId}-floor`,
    values: { ...values, version: update.to.version, at, latestAt },
  });
};

export const tellEnd = async (
  deps: AnnounceDeps,
  runtime: Named,
  { state, update }: { readonly state: 'done' | 'rolled_back'; readonly update: UpdateRecord },
): Promise<void> => {
  const at = deps.clock.now();
  const { updateId, from, failure } = update;
  const { version } = update.to;
  await appendOnce(deps, runtime, {
    kind: state === 'done' ? 'update_done' : 'update_rolled_back',
    key: updateId,
    detail: { from: from.version, to: version, ...(failure === null ? {} : { failure }) },
    actor: 'system',
    at,
  });
  if (runtime.receipt === null) return;
  const { to, values } = about(runtime);
  const said = { ...values, version, at: at.toISOString() };
  const occasion = updateId;
  if (state === 'done') {
    await announce(deps, { ...to, kind: 'update_done', occasion, values: said });
    return;
  }
  const keptVersion = from.version ?? '';
  await announce(deps, {
    ...to,
    kind: 'update_rolled_back',
    occasion,
    values: { ...said, keptVersion },
  });
};
