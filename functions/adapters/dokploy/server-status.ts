/**
 * Can Dokploy reach a server? `server.validate` logs in by SSH and answers 400 when that fails
 * (recorded: server-05-validate-unreachable). Its own machine is reachable when it answers at all.
 */
import type { Deployer } from '#ports/runtime.ts';
import type { DokployCall } from './client.ts';
import { ok } from './outcome.ts';

export const serverStatus =
  (call: DokployCall): Deployer['serverStatus'] =>
  async (serverId) => {
    const seen =
      serverId === null
        ? await call('settings.getDokployVersion', {})
        : await call('server.validate', { serverId });
    if (seen.kind === 'ok') return ok('reachable');
    const isAway = seen.kind === 'refused' && seen.code === 'invalid';
    return serverId !== null && isAway ? ok('unreachable') : seen;
  };
