/** Dokploy as the Deployer port, from the environment of a function. */
import type { Deployer } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { deployerEnv } from '#adapters/system/runtime-env.ts';
import { createDokployCall } from './client.ts';
import { createDeployer } from './deployer.ts';

/** Calls that only queue or read; start, stop and delete will need more. */
const timeoutMs = 15_000;

export const connectDokploy = (log: Log): Deployer =>
  createDeployer(createDokployCall({ ...deployerEnv(), timeoutMs }, log));
