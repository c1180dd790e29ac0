/**
 * Another day of a proven runtime, and whoever does a step of it dies: its login is asked about, it is
 * backed up, a backup is brought back, and who is inside and belongs there no more is put out. Days
 * pass by dating back what its agent and our row say of the turn that proved it.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Teams } from 'node-appwrite';
import { call } from '#local/customer/customer.ts';
import { headerOf, send } from '#local/customer/http.ts';
import { composeName } from '#core/runtime/names.ts';
import { backupReport } from '#schemas/contract/agent-backup.ts';
import { smokeReport } from '#schemas/contract/agent.ts';
import { enterRuntime, restoreRuntime } from '#schemas/contract/runtimes.ts';
import { acceptInvitation, inviteMember } from '#schemas/contract/workspaces.ts';
import { facts as factsSchema } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { eventually } from '#tests/support/http.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { agentsOf, composes } from './dokploy.ts';
import { listAll, minutePasses, put, sweepUntil, sweepUntilDead } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './later.ts';

const dayMs = 24 * 60 * 60_000;
const agentBackWithinMs = 60_000;
const backupWithinMs = 180_000;

const rowOf = (stage: Stage, at: Subject): Promise<AnyRow> =>
  stage.product.admin.get('runtimes', at.runtimeId);
const factsOf = (row: AnyRow): Facts => factsSchema.parse(JSON.parse(String(row['facts'])));

/** Its volume's folder on this machine. */
export const volumeOf = async (stage: Stage, at: Subject, name: string): Promise<string> => {
  const stack = (await composes(stage)).find((each) => each.name === composeName(at.runtimeId));
  const volumes = join(stage.product.places.dokploy, 'volumes');
  const own = (folder: string): boolean =>
    folder.startsWith(stack?.appName ?? '-') && folder.endsWith(name);
  const found = readdirSync(volumes).find(own);
  if (found === undefined) throw new Error(`no volume ${name} of ${at.runtimeId}`);
  return join(volumes, found);
};

export const makeDue = (stage: Stage, at: Subject, columns: object = {}): Promise<void> => {
  const past = new Date(Date.now() - 60_000).toISOString();
  return put(stage, 'runtimes', at.runtimeId, { nextCheckAt: past, ...columns });
};

const die = async (stage: Stage, point: string): Promise<void> => {
  await sweepUntilDead(stage, point);
  await minutePasses(stage);
};

/** Its agent is killed in between, as it reads its last turn when it starts. */
const daysPass = async (stage: Stage, at: Subject): Promise<void> => {
  const file = join(await volumeOf(stage, at, 'agent-data'), 'smoke.json');
  const told = smokeReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  const [startedAtMs, finishedAtMs] = [told.startedAtMs, told.finishedAtMs ?? told.startedAtMs];
  const earlier = { startedAtMs: startedAtMs - 2 * dayMs, finishedAtMs: finishedAtMs - 2 * dayMs };
  writeFileSync(file, JSON.stringify({ ...told, ...earlier }));
  const [before] = agentsOf(stage, at.runtimeId);
  if (before === undefined) throw new Error('no agent serves it');
  process.kill(before, 'SIGKILL');
  const look = async () => agentsOf(stage, at.runtimeId).filter((pid) => pid !== before);
  await eventually(look, (pids) => pids.length === 1, agentBackWithinMs);
  await makeDue(stage, at);
};

/** Its login is asked about once and one backup is made and counted. */
export const liveAnotherDay = async (stage: Stage, at: Subject): Promise<Facts> => {
  writeFileSync(join(await volumeOf(stage, at, 'openclaw-state'), 'note.txt'), 'of then');
  await daysPass(stage, at);
  const points = ['runtime.start_check.done', 'runtime.start_backup.done'];
  for (const point of points) stage.kills.arm('reconcile', point);
  for (const point of points) await die(stage, point);
  const file = join(await volumeOf(stage, at, 'agent-data'), 'backup.json');
  const look = async () => backupReport.parse(JSON.parse(readFileSync(file, 'utf8'))).code;
  await eventually(look, (code) => code !== 'running', backupWithinMs);
  await sweepUntil(stage, 'the backup is counted', async () => {
    await makeDue(stage, at);
    const { backup } = factsOf(await rowOf(stage, at));
    return backup.kept.length > 0 || (backup.report !== null && backup.report.code !== 'running');
  });
  return factsOf(await rowOf(stage, at));
};

/** What was written since is gone, and the state of the backup runs on, proven anew. */
export const bringBack = async (stage: Stage, at: Subject, backupId: string) => {
  const note = join(await volumeOf(stage, at, 'openclaw-state'), 'note.txt');
  writeFileSync(note, 'of now');
  const { revision, smokeId } = await rowOf(stage, at);
  const target = { runtimeId: at.runtimeId, revision: Number(revision), backupId };
  const point = 'runtime.settle_restore.done';
  stage.kills.arm('reconcile', point);
  await call(at.owner.customer.functions, restoreRuntime, target);
  await die(stage, point);
  await sweepUntil(stage, 'the restored state is kept', async () => {
    await makeDue(stage, at);
    const row = await rowOf(stage, at);
    return row['status'] === 'ready' && factsOf(row).restore.report?.code === 'kept';
  });
  const row = await rowOf(stage, at);
  return { note: readFileSync(note, 'utf8'), isProvenAnew: row['smokeId'] !== smokeId };
};

/** Somebody is taken out of the team by hand while inside, and nobody hears of it. */
export const leaveByHand = async (stage: Stage, at: Subject) => {
  const { owner, runtimeId } = at;
  const { workspaceId } = owner;
  const guest = await stage.product.newMember();
  const wish = { workspaceId, email: guest.email, role: 'member' as const };
  const { token } = await call(owner.customer.functions, inviteMember, wish);
  await call(guest.functions, acceptInvitation, { token });
  const { enterEndpoint, enterTicket } = await call(guest.functions, enterRuntime, { runtimeId });
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    origin: new URL(stage.product.world.siteUrl).origin,
  };
  const body = new URLSearchParams({ ticket: enterTicket }).toString();
  const entered = await send({ method: 'POST', url: enterEndpoint, headers, body });
  const cookie = headerOf(entered, 'set-cookie').split(';')[0] ?? '';
  const url = new URL('/ui/', enterEndpoint).href;
  const isInside = async (): Promise<boolean> =>
    (await send({ method: 'GET', url, headers: { cookie } })).status < 400;
  const before = await isInside();
  const teams = new Teams(stage.product.admin.client);
  const { memberships } = await teams.listMemberships({ teamId: workspaceId });
  const own = memberships.find(({ userId }) => userId === guest.userId);
  await teams.deleteMembership({ teamId: workspaceId, membershipId: own?.$id ?? '' });
  const point = 'runtime.end_access.done';
  stage.kills.arm('reconcile', point);
  await makeDue(stage, at);
  await die(stage, point);
  await sweepUntil(stage, 'nobody is inside', async () => {
    const { access } = factsOf(await rowOf(stage, at));
    return access.strangers.length === 0;
  });
  const told = await listAll(stage, 'timeline');
  const kinds = told.filter((entry) => entry['subjectId'] === runtimeId);
  return {
    entered: entered.status,
    inside: [before, await isInside()],
    told: kinds.filter((entry) => entry['kind'] === 'access_ended').length,
  };
};
