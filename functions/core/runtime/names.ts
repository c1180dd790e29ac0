/** Names a runtime has elsewhere. All are made from our ids, so that "create" can be find-or-create. */

/** One Dokploy project a server: no listing grows beyond the runtimes of one machine. */
export const deployerProjectName = (serverId: string): string => `hosted-dedicated-${serverId}`;

const composePrefix = 'rt-';

/** Dokploy lower-cases nothing and adds six characters of its own to this. */
export const composeName = (runtimeId: string): string => `${composePrefix}${runtimeId}`;

/** Null: a name that is not ours. */
export const runtimeOfCompose = (name: string): string | null =>
  name.startsWith(composePrefix) ? name.slice(composePrefix.length) : null;

/** Unique for ever: deploy returns no id, so the title is what correlates. */
export const deploymentTitle = (runtimeId: string, attempt: number): string =>
  `${runtimeId}:${attempt}`;

/** Host without a port, as Traefik and certificates know it. */
export const hostName = (host: string): string => host.replace(/:\d+$/, '');
