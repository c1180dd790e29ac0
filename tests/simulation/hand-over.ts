/**
 * The calm world has settled; now each customer does every step that is asked for, one by one. Who
 * paid must end with a runtime that is `ready`.
 */
import { requestBackup } from '#app/runtimes/backup.ts';
import { openCodexLogin } from '#app/runtimes/codex.ts';
import { resume } from '#app/runtimes/pause.ts';
import { withdrawDeletion } from '#app/runtimes/leave.ts';
import { refresh } from '#app/runtimes/refresh.ts';
import { requestRestore } from '#app/runtimes/restore.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { isLeaving, isPaused } from '#core/term/standstill.ts';
import type { Stored } from '#ports/store.ts';
import type { Account } from '#ports/accounts.ts';
import type { Functions } from './functions.ts';
import { isLeftOld } from './release.ts';

const attemptsAtMost = 3;
const minutesToReturn = 20;

/** `sweepOn`: one sweep, and the minute it has. */
export const handOver = async (
  functions: Functions,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  for (const row of functions.world.rows.all('runtimes')) {
    const { id, desired, suspendedFor, facts } = row;
    if (isPaused({ desired, suspendedFor })) {
      await goOn(functions, id, sweepOn);
      continue;
    }
    // Where no operator made room, it waits, and its money goes back in the end.
    const isPlaced = readJson(factsSchema, facts, noFacts).placement.slotId !== null;
    if (desired !== 'running' || !isPlaced) continue;
    for (let attempt = 0; attempt < attemptsAtMost && !isReady(functions, id); attempt += 1) {
      await tryOnce(functions, id, sweepOn);
    }
    if (isLeftOld(functions, row)) continue;
    const status = functions.world.rows.get('runtimes', id)?.status ?? 'absent';
    if (status !== 'ready') functions.world.violate(8, `every step done, runtime ${id} ${status}`);
    else if (functions.world.random.chance(0.8)) await bringBack(functions, id, sweepOn);
  }
  for (const row of functions.world.rows.all('runtimes')) {
    if (isLeaving(row)) await endLeaving(functions, row, sweepOn);
  }
};

const daysToGo = 8;
const minutesToGo = 30;

/** Kept after all it comes back as from a pause; otherwise its date comes, and it goes. */
const endLeaving = async (
  functions: Functions,
  { id: runtimeId, revision, suspendedFor, pausedAt, receipt }: Stored<'runtimes'>,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { world } = functions;
  const me = ownerOf(functions, runtimeId);
  if (me === undefined) return;
  const statusNow = (): string => world.rows.get('runtimes', runtimeId)?.status ?? 'absent';
  if (world.random.chance(0.5)) {
    void functions.command('keep', (ports) => withdrawDeletion(ports, me, { runtimeId, revision }));
    for (let minute = 0; minute < minutesToReturn; minute += 1) await sweepOn();
    const { codex } = factsOf(functions, runtimeId);
    const runs = suspendedFor === 'leaving' && pausedAt === null && receipt !== null;
    const isRefused = functions.machines.tenant(runtimeId).isRefused;
    if (runs && codex.status === 'ok' && !isRefused && statusNow() !== 'ready') {
      world.violate(21, `runtime ${runtimeId} was kept and is ${statusNow()}`);
    }
    return;
  }
  world.clockOffsetMs += daysToGo * 24 * 60 * 60_000;
  for (let minute = 0; minute < minutesToGo; minute += 1) await sweepOn();
  const isTold = world.rows.all('tasks').some(({ subjectId }) => subjectId === runtimeId);
  if (statusNow() !== 'deleted' && !isTold) {
    world.violate(21, `runtime ${runtimeId} was to go and is ${statusNow()}`);
  }
};

const minutesToBackUp = 8;
const minutesToBringBack = 20;

/** A backup made and brought back: the trial is decided, and it is ready in the end. */
const bringBack = async (
  functions: Functions,
  runtimeId: string,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { world, machines } = functions;
  const me = ownerOf(functions, runtimeId);
  const tenant = machines.tenant(runtimeId);
  if (me === undefined) return;
  const target = () => ({
    runtimeId,
    revision: world.rows.get('runtimes', runtimeId)?.revision ?? 0,
  });
  void functions.command('backup', (ports) => requestBackup(ports, me, target()));
  for (let minute = 0; minute < minutesToBackUp; minute += 1) await sweepOn();
  const backupId = tenant.kept[0]?.backupId;
  if (backupId === undefined) return;
  void functions.command('restore', (ports) =>
    requestRestore(ports, me, { ...target(), backupId }),
  );
  const isOver = (): boolean =>
    ['kept', 'returned', 'failed', 'dropped'].includes(tenant.restore?.code ?? '');
  for (let minute = 0; minute < minutesToBringBack; minute += 1) await sweepOn();
  const status = world.rows.get('runtimes', runtimeId)?.status ?? 'absent';
  // Nobody ordered it: the command was refused, or died before.
  if (tenant.restore === null) return;
  if (!isOver()) world.violate(15, `runtime ${runtimeId} is on trial for ever`);
  if (status !== 'ready')
    world.violate(15, `runtime ${runtimeId} was brought back and is ${status}`);
};

/** What was ready and paused comes back by one click, or needs a login that it had not. */
const goOn = async (
  functions: Functions,
  runtimeId: string,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { rows } = functions.world;
  const before = rows.get('runtimes', runtimeId);
  const me = ownerOf(functions, runtimeId);
  if (before === null || me === undefined) return;
  const target = { runtimeId, revision: before.revision };
  void functions.command('resume', (ports) => resume(ports, me, target));
  for (let minute = 0; minute < minutesToReturn && !isReady(functions, runtimeId); minute += 1) {
    await sweepOn();
  }
  const { status, codex } = {
    ...rows.get('runtimes', runtimeId),
    ...factsOf(functions, runtimeId),
  };
  // The model may take its login no more, though it looks alive: then it is asked for.
  const { isRefused } = functions.machines.tenant(runtimeId);
  const wasReady = before.receipt !== null && codex.status === 'ok' && !isRefused;
  if (wasReady && status !== 'ready') {
    functions.world.violate(8, `runtime ${runtimeId} was resumed and is ${status ?? 'absent'}`);
  }
};

const factsOf = ({ world }: Functions, runtimeId: string): Facts =>
  readJson(factsSchema, world.rows.get('runtimes', runtimeId)?.facts ?? null, noFacts);

const ownerOf = ({ world }: Functions, runtimeId: string): Account | undefined => {
  const orderId = world.rows.get('runtimes', runtimeId)?.orderId ?? '';
  return world.accounts.get(world.rows.get('orders', orderId)?.userId ?? '');
};

const isReady = ({ world }: Functions, runtimeId: string): boolean =>
  world.rows.get('runtimes', runtimeId)?.status === 'ready';

const tryOnce = async (
  functions: Functions,
  runtimeId: string,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { rows } = functions.world;
  const target = () => ({ runtimeId, revision: rows.get('runtimes', runtimeId)?.revision ?? 0 });
  const row = rows.get('runtimes', runtimeId);
  const me = ownerOf(functions, runtimeId);
  if (me === undefined) return;
  if (row?.status === 'auth_required') {
    void functions.command('codex', (ports) => openCodexLogin(ports, me, target()));
    await sweepOn();
    functions.machines.finishLogin(runtimeId);
    void functions.command('refresh', (ports) => refresh(ports, me, { runtimeId }));
    await sweepOn();
  }
  void functions.command('smoke', (ports) => requestSmoke(ports, me, target()));
  await sweepOn();
  await sweepOn();
};
