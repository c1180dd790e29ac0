/** Dokploy as the Deployer port: from explicit settings, or from the environment of a function. */
import type { Deployer } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { deployerEnv } from '#adapters/system/runtime-env.ts';
import { createDokployCall } from './client.ts';
import type { DokploySettings } from './client.ts';
import { createDeployer } from './deployer.ts';
import { withVersionGate } from './version-gate.ts';

/** Calls that only queue or read. */
const timeoutMs = 15_000;
/** Stop and delete block for the stop grace period (our stacks: seconds) and the way over SSH. */
const slowTimeoutMs = 60_000;

export const openDokploy = (settings: DokploySettings, log: Log): Deployer =>
  createDeployer(withVersionGate(createDokployCall(settings, log), log), log);

export const connectDokploy = (log: Log): Deployer =>
  openDokploy({ ...deployerEnv(), timeoutMs, slowTimeoutMs }, log);
