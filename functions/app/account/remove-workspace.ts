/**
 * Takes away a workspace nobody is left in. Its orders, runtimes and history stay, readable to
 * nobody but functions, under the names of their ids; what its members called things goes. Its
 * address stays claimed, as every address that was ever claimed: it must not lead to a stranger.
 */
import { pagesOf } from '#app/pages.ts';
import type { AccountDeps } from './deps.ts';
import { rewrite } from './rewrite.ts';

/** Where a name stood that a person gave. */
const noName = '-';

export const removeWorkspace = async (deps: AccountDeps, workspaceId: string): Promise<void> => {
  const { store, departures } = deps;
  for (const { id } of await pagesOf(store, 'orders', { workspaceId })) {
    await rewrite(store, { table: 'orders', id }, ({ runtimeName }) =>
      runtimeName === noName ? {} : { runtimeName: noName },
    );
  }
  for (const { id } of await pagesOf(store, 'runtimes', { workspaceId })) {
    await rewrite(store, { table: 'runtimes', id }, ({ name }) =>
      name === noName ? {} : { name: noName },
    );
  }
  for (const table of ['team_members', 'invitations', 'messages', 'renewal_texts'] as const) {
    for (const { id } of await pagesOf(store, table, { workspaceId })) {
      await store.delete(table, id);
    }
  }
  await store.delete('workspaces', workspaceId);
  await departures.removeTeam(workspaceId);
};
