/** What is chosen stands in the address bar, so that a reload and a link open the same step. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { page } from '$app/state';
import type { Selection } from '../flow/words.ts';

const idOf = (name: string): string | null => {
  const value = page.url.searchParams.get(name);
  return value !== null && /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/.test(value) ? value : null;
};

export const readSelection = (): Selection => ({
  workspaceId: idOf('workspace'),
  runtimeId: idOf('runtime'),
});

/** PayApp brings the customer back with the order alone. */
export const readOrder = (): string | null => idOf('order');

export const addressOf = (selection: Selection): string => {
  const named = { workspace: selection.workspaceId, runtime: selection.runtimeId };
  const parts = Object.entries(named).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

export const select = async (
  selection: Selection,
  options: { readonly replace?: boolean } = {},
): Promise<void> => {
  // eslint-disable-next-line svelte/no-navigation-without-resolve -- the path is resolved
  await goto(resolve('/') + addressOf(selection), {
    replace: options.replace ?? false,
    reset: false,
  });
};
