/**
 * The Deployer port over Dokploy. Nothing there is idempotent, so every create looks first and
 * again afterwards, a call whose effect is unknown is looked for instead of repeated, and an update
 * is sent only when something differs. Source of the quirks: Dokploy v0.30.2 as observed.
 */
import type { Deployer } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import type { DokployCall } from './client.ts';
import { configHash, configure, inspect } from './configure.ts';
import { listContainers, runningImages, targetOf } from './containers.ts';
import { deploy, deploymentStatus, failureLog, recentDeployments } from './deployments.ts';
import { ensureCompose, ensureProject, findCompose, listComposes } from './ensure.ts';
import { ok } from './outcome.ts';
import { locate, remains } from './remains.ts';
import { serverStatus } from './server-status.ts';
import { remove, start, stop } from './take-down.ts';

export const createDeployer = (
  call: DokployCall,
  log: Log,
  now: () => number = Date.now,
): Deployer => ({
  ensureProject: ensureProject(call, log),
  ensureCompose: ensureCompose(call, log),
  configure: configure(call),
  inspect: inspect(call),
  runningImages: runningImages(call),
  configHash,
  deploy: deploy(call, now),
  deploymentStatus: deploymentStatus(call, now),
  recentDeployments: recentDeployments(call),
  failureLog: failureLog(call),
  findCompose: findCompose(call, log),
  listComposes: listComposes(call, log),
  serverStatus: serverStatus(call),
  start: start(call),
  stop: stop(call),
  remove: remove(call, log),
  locate: locate(call),
  remains: remains(call),
  composeStatus: async (composeId) => {
    const row = await call('compose.one', { composeId });
    if (row.kind !== 'ok') return row;
    return ok({ name: row.value.appName, composeStatus: row.value.composeStatus });
  },
  health: async (composeId) => {
    const target = await targetOf(call, composeId);
    return target.kind === 'ok' ? listContainers(call, target.value) : target;
  },
});
