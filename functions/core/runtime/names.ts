/** Names a runtime has elsewhere. All are made from our ids, so that "create" can be find-or-create. */

/** One Dokploy project holds every runtime of this installation. */
export const deployerProjectName = 'hosted-dedicated';

/** Dokploy lower-cases nothing and adds six characters of its own to this. */
export const composeName = (runtimeId: string): string => `rt-${runtimeId}`;

/** Unique for ever: deploy returns no id, so the title is what correlates. */
export const deploymentTitle = (runtimeId: string, attempt: number): string =>
  `${runtimeId}:${attempt}`;

/** Host without a port, as Traefik and certificates know it. */
export const hostName = (host: string): string => host.replace(/:\d+$/, '');
