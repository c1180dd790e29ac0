/** Waits for the newest deployment of each function and site; appwrite-cli exits 0 when one failed. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Api } from './api.ts';
import type { AppwriteConfig } from './config.ts';
import { SetupError } from './output.ts';

const timeoutMs = 5 * 60_000;
const pauseMs = 500;
const logAtMost = 1_000;

const state = z.object({
  deploymentId: z._default(z.string(), ''),
  latestDeploymentId: z._default(z.string(), ''),
  latestDeploymentStatus: z._default(z.string(), ''),
});

const buildLog = async (api: Api, path: string): Promise<string> => {
  const shape = z.object({ buildLogs: z._default(z.string(), '') });
  const parsed = shape.safeParse(await api.get(path).catch(() => ({})));
  return (parsed.data?.buildLogs ?? '').trim().slice(-logAtMost);
};

const settle = async (api: Api, path: string): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = state.parse(await api.get(path));
    const { latestDeploymentStatus: status, latestDeploymentId: latest } = seen;
    if (status === 'ready' && seen.deploymentId === latest) return;
    if (status === 'failed' || status === 'canceled' || latest === '') {
      const words = await buildLog(api, `${path}/deployments/${latest}`);
      const why = latest === '' ? 'nothing was pushed' : `${status}\n${words}`;
      throw new SetupError(`The deployment of ${path.slice(1)} failed: ${why}`);
    }
    if (Date.now() > deadline) {
      throw new SetupError(`${path.slice(1)} was not deployed within 5 minutes (${status}).`);
    }
    await pause(pauseMs);
  }
};

export const settleDeployments = async (api: Api, config: AppwriteConfig): Promise<void> => {
  await Promise.all([
    ...config.functions.map(({ $id }) => settle(api, `/functions/${$id}`)),
    ...config.sites.map(({ $id }) => settle(api, `/sites/${$id}`)),
  ]);
};
