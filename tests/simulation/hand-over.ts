/**
 * The calm world has settled; now each customer does every step that is asked for, one by one. Who
 * paid must end with a runtime that is `ready`.
 */
import { openCodexLogin } from '#app/runtimes/codex.ts';
import { refresh } from '#app/runtimes/refresh.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Functions } from './functions.ts';

const attemptsAtMost = 3;

/** `sweepOn`: one sweep, and the minute it has. */
export const handOver = async (
  functions: Functions,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  for (const { id, desired, facts } of functions.world.rows.all('runtimes')) {
    // Where no operator made room, it waits, and its money goes back in the end.
    const isPlaced = readJson(factsSchema, facts, noFacts).placement.slotId !== null;
    if (desired !== 'running' || !isPlaced) continue;
    for (let attempt = 0; attempt < attemptsAtMost && !isReady(functions, id); attempt += 1) {
      await tryOnce(functions, id, sweepOn);
    }
    const status = functions.world.rows.get('runtimes', id)?.status ?? 'absent';
    if (status !== 'ready') functions.world.violate(8, `every step done, runtime ${id} ${status}`);
  }
};

const isReady = ({ world }: Functions, runtimeId: string): boolean =>
  world.rows.get('runtimes', runtimeId)?.status === 'ready';

const tryOnce = async (
  functions: Functions,
  runtimeId: string,
  sweepOn: () => Promise<void>,
): Promise<void> => {
  const { rows, accounts } = functions.world;
  const target = () => ({ runtimeId, revision: rows.get('runtimes', runtimeId)?.revision ?? 0 });
  const row = rows.get('runtimes', runtimeId);
  const order = row === null ? null : rows.get('orders', row.orderId);
  const me = accounts.get(order?.userId ?? '');
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
