/**
 * What the reconciler tells customers of their runtimes. Each is told before the write that makes it
 * the known state: a crash in between tells it again, and it still goes out once.
 */
import { loginNotice } from '#core/runtime/login-notice.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { announce } from './announce.ts';
import type { AnnounceDeps } from './announce.ts';
import { managePath, runtimePath } from './paths.ts';

type Named = Pick<RowOf<'runtimes'>, 'workspaceId' | 'name'> & { readonly id: string };

/** The first time only: ready again after an update or a new login is no news of this kind. */
export const tellReady = async (deps: AnnounceDeps, runtime: Named): Promise<void> => {
  const { id: subjectId, workspaceId, name: runtimeName } = runtime;
  const values = { runtimeName, path: runtimePath(workspaceId, subjectId) };
  await announce(deps, { kind: 'ready', subjectId, occasion: 'first', workspaceId, values });
};

/** Of a runtime that was in use: until then its owner stands before the step that says it. */
export const tellOfLogin = async (
  deps: AnnounceDeps,
  runtime: Named & Pick<RowOf<'runtimes'>, 'desired' | 'receipt'>,
  facts: { readonly before: Facts; readonly after: Facts },
): Promise<void> => {
  if (runtime.desired !== 'running' || runtime.receipt === null) return;
  const notice = loginNotice(facts.before, facts.after);
  if (notice === null) return;
  const { id: subjectId, workspaceId, name: runtimeName } = runtime;
  const values = { runtimeName, path: runtimePath(workspaceId, subjectId) };
  const { kind, loginId: occasion } = notice;
  await announce(deps, { kind, subjectId, occasion, workspaceId, values });
};

/** `since`: when the first of them was owed; one mail for each such spell. */
export const tellOfCopies = async (
  deps: AnnounceDeps,
  runtime: Named,
  since: string,
): Promise<void> => {
  const { id: subjectId, workspaceId, name: runtimeName } = runtime;
  const values = { runtimeName, path: managePath(workspaceId, subjectId), since };
  const key = { kind: 'copies_failing', subjectId, occasion: since } as const;
  await announce(deps, { ...key, workspaceId, values });
};
