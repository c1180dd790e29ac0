/** Where a notice leads: the places of the site that its selection reads from the address. */
const withQuery = (place: string, named: Readonly<Record<string, string>>): string =>
  `${place}?${new URLSearchParams(named).toString()}`;

export const runtimePath = (workspaceId: string, runtimeId: string): string =>
  withQuery('/', { workspace: workspaceId, runtime: runtimeId });

export const managePath = (workspaceId: string, runtimeId: string): string =>
  withQuery('/manage', { workspace: workspaceId, runtime: runtimeId });

export const orderPath = (workspaceId: string, orderId: string): string =>
  withQuery('/orders', { workspace: workspaceId, order: orderId });
