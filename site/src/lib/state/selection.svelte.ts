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

const queryOf = (named: Readonly<Record<string, string | null>>): string => {
  const parts = Object.entries(named).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** Kept after the order was seen, so that a reload still knows where the customer came from. */
export const readReturned = (): boolean => page.url.searchParams.get('from') === 'payapp';

export const addressOf = (selection: Selection, returned = false): string => {
  const named = {
    workspace: selection.workspaceId,
    runtime: selection.runtimeId,
    from: returned ? 'payapp' : null,
  };
  return queryOf(named);
};

/** The flow, at what is chosen. */
export const flowAddress = (selection: Selection): string => resolve('/') + addressOf(selection);

export const select = async (
  selection: Selection,
  options: { readonly replace?: boolean; readonly returned?: boolean } = {},
): Promise<void> => {
  // eslint-disable-next-line svelte/no-navigation-without-resolve -- the path is resolved
  await goto(resolve('/') + addressOf(selection, options.returned), {
    replace: options.replace ?? false,
    reset: false,
  });
};

/** Who is in a workspace. */
export const membersAddress = (workspaceId: string | null): string =>
  resolve('/members') + queryOf({ workspace: workspaceId });

/** The paid time of a runtime. */
export const termAddress = (selection: Selection): string =>
  resolve('/term') + addressOf(selection);

/** The orders of a workspace, one of them open. */
export const ordersAddress = (workspaceId: string | null, orderId: string | null): string =>
  resolve('/orders') + queryOf({ workspace: workspaceId, order: orderId });

/** What one does with a runtime that runs: restart, log, usage, name. */
export const manageAddress = (workspaceId: string, runtimeId: string | null): string =>
  resolve('/manage') + queryOf({ workspace: workspaceId, runtime: runtimeId });
