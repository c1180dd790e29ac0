/**
 * Deployments of one service, told apart by their unique title: `compose.deploy` only queues and
 * returns no id, and `composeStatus` lags behind and outlives lost jobs, so neither is believed.
 */
import type {
  Deployer,
  DeployerOutcome,
  DeploymentStatus,
  DeploymentSummary,
} from '#ports/runtime.ts';
import type { DokployDeployment, DokployQueueJob } from '#schemas/wire/dokploy.ts';
import type { DokployCall } from './client.ts';
import { ok } from './outcome.ts';
import { redactLog } from './redact.ts';

type Seen = { readonly status: DeploymentStatus; readonly finishedAt: string | null };

/** Younger than this a job may not be listed yet as working. */
const stalledAfterMs = 60_000;
const logTailLines = 200;

const rowOf = async (
  call: DokployCall,
  composeId: string,
  title: string,
): Promise<DeployerOutcome<DokployDeployment | null>> => {
  const rows = await call('deployment.allByCompose', { composeId });
  if (rows.kind !== 'ok') return rows;
  // Newest first; the title is unique, unless two of us asked at the very same time.
  return ok(rows.value.find((deployment) => deployment.title === title) ?? null);
};

const seenOf = (row: DokployDeployment): Seen => ({
  status: row.status,
  finishedAt: row.finishedAt,
});

const isJobOf = (composeId: string, title: string): ((job: DokployQueueJob) => boolean) => {
  return ({ data }) => data.titleLog === title && (data.composeId ?? composeId) === composeId;
};

/** The lost SSH session: the row says `running` for ever, the queue knows nothing of it. */
const seenRunning = async (
  call: DokployCall,
  at: { readonly composeId: string; readonly title: string; readonly now: () => number },
  row: DokployDeployment,
): Promise<DeployerOutcome<Seen>> => {
  if (at.now() - Date.parse(row.createdAt) < stalledAfterMs) return ok(seenOf(row));
  const queue = await call('deployment.queueList', {});
  if (queue.kind !== 'ok') return queue;
  if (queue.value.some(isJobOf(at.composeId, at.title))) return ok(seenOf(row));
  // It may have ended between the two looks.
  const again = await rowOf(call, at.composeId, at.title);
  if (again.kind !== 'ok') return again;
  if (again.value === null) return ok({ status: 'absent', finishedAt: null });
  if (again.value.status !== 'running') return ok(seenOf(again.value));
  return ok({ status: 'stalled', finishedAt: null });
};

export const deploymentStatus =
  (call: DokployCall, now: () => number): Deployer['deploymentStatus'] =>
  async (composeId, title) => {
    const row = await rowOf(call, composeId, title);
    if (row.kind !== 'ok') return row;
    if (row.value !== null) {
      const isRunning = row.value.status === 'running';
      return isRunning
        ? seenRunning(call, { composeId, title, now }, row.value)
        : ok(seenOf(row.value));
    }
    const queue = await call('deployment.queueList', {});
    if (queue.kind !== 'ok') return queue;
    if (queue.value.some(isJobOf(composeId, title))) {
      return ok({ status: 'queued', finishedAt: null });
    }
    // A quick job may have left the queue between the two looks and be a row by now.
    const again = await rowOf(call, composeId, title);
    if (again.kind !== 'ok') return again;
    return ok(again.value === null ? { status: 'absent', finishedAt: null } : seenOf(again.value));
  };

/** Looks for the title first: a repeated call never makes a second deployment. */
export const deploy =
  (call: DokployCall, now: () => number): Deployer['deploy'] =>
  async (composeId, title) => {
    const look = deploymentStatus(call, now);
    const seen = await look(composeId, title);
    if (seen.kind !== 'ok') return seen;
    if (seen.value.status !== 'absent') return ok(null);
    const queued = await call('compose.deploy', { composeId, title });
    if (queued.kind === 'ok') return ok(null);
    if (queued.kind !== 'unknown') return queued;
    const after = await look(composeId, title);
    return after.kind === 'ok' && after.value.status !== 'absent' ? ok(null) : queued;
  };

const summaryOf = (row: DokployDeployment): DeploymentSummary => ({
  deploymentId: row.deploymentId,
  title: row.title,
  status: row.status,
  createdAt: row.createdAt,
  finishedAt: row.finishedAt,
  logPath: row.logPath,
});

export const recentDeployments =
  (call: DokployCall): Deployer['recentDeployments'] =>
  async (composeId) => {
    const rows = await call('deployment.allByCompose', { composeId });
    return rows.kind === 'ok' ? ok(rows.value.map(summaryOf)) : rows;
  };

/** `errorMessage` is set only when nothing could be prepared; else the log holds the reason. */
export const failureLog =
  (call: DokployCall): Deployer['failureLog'] =>
  async (composeId, title) => {
    const row = await rowOf(call, composeId, title);
    if (row.kind !== 'ok') return row;
    if (row.value === null) return { kind: 'not_found' };
    const { deploymentId, errorMessage, logPath } = row.value;
    const log =
      logPath === ''
        ? ok('')
        : await call('deployment.readLogs', { deploymentId, tail: logTailLines });
    if (log.kind !== 'ok') return log;
    return ok(redactLog(`${log.value}\n${errorMessage ?? ''}`));
  };
