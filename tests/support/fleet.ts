/** Runtimes on a small working deployer, brought on by the minute sweep; time is the test's own. */
import { expect } from 'vitest';
import { inspectionMinute } from '#core/runtime/slots.ts';
import { systemIds } from '#adapters/system/ids.ts';
import type { ReconcileDeps, RuntimeRecord } from '#app/reconcile/deps.ts';
import { reconcileRuntime } from '#app/reconcile/reconcile-runtime.ts';
import { readJson } from '#schemas/record/json.ts';
import { conditions, facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Condition } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { MemoryAgent } from './memory-agent.ts';
import { MemoryDeployer } from './memory-deployer.ts';
import { SleepingClock } from './sleeping-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { openServer } from './servers.ts';
import { MemoryTeams, noFaults, silentLog } from './world.ts';
import { noTermYet } from './term-columns.ts';

const minutesAtMost = 120;
const minuteMs = 60_000;
/** Longer than the longest backoff. */
const longMs = 60 * minuteMs;

export class Fleet {
  readonly clock = new SleepingClock();
  readonly store = new MemoryStore(this.clock);
  readonly deployer = new MemoryDeployer(this.clock);
  readonly agent = new MemoryAgent(this.clock, this.deployer);
  readonly teams = new MemoryTeams();
  readonly deps: ReconcileDeps = {
    store: this.store,
    deployer: this.deployer,
    agent: this.agent,
    teams: this.teams,
    clock: this.clock,
    ids: systemIds,
    log: silentLog,
    faults: noFaults,
    stack: {
      scheme: 'https',
      siteOrigin: 'https://app.example',
      openclawImage: 'openclaw:1',
      agentImage: 'agent:1',
      controlPlaneKeys: '{"keys":[]}',
      versionFloor: '2026.5.18',
    },
  };

  /** As a paid order does. */
  async open(runtimeId: string): Promise<void> {
    const now = this.clock.now().toISOString();
    await this.store.create('runtimes', runtimeId, {
      data: {
        workspaceId: 'w1',
        orderId: 'o1',
        name: runtimeId,
        host: `${runtimeId}.run.example`,
        planKey: 'basic',
        desired: 'running',
        status: 'provisioning',
        conditions: '[]',
        facts: JSON.stringify(noFacts),
        receipt: null,
        revision: 1,
        paidUntil: now,
        verifyRequestedAt: null,
        smokeId: null,
        smokeNonce: null,
        smokeRequestedAt: null,
        restartId: null,
        failures: 0,
        nextCheckAt: now,
        inspectedAtMinute: inspectionMinute(runtimeId),
        ...noTermYet,
      },
      readers: { team: 'w1' },
    });
  }

  row(runtimeId: string): RuntimeRecord {
    const found = this.store.rows('runtimes').find(({ id }) => id === runtimeId);
    if (found === undefined) throw new Error(`no runtime ${runtimeId}`);
    return found;
  }

  conditions(runtimeId: string): readonly Condition[] {
    return readJson(conditions, this.row(runtimeId).conditions, []);
  }

  tasks(): readonly string[] {
    return this.store
      .rows('tasks')
      .map(({ kind }) => kind)
      .toSorted();
  }

  slots(): readonly string[] {
    return this.store.rows('slots').map(({ id }) => id);
  }

  /** As the functions write a command. */
  async command(runtimeId: string, changes: Partial<RowOf<'runtimes'>> = {}): Promise<void> {
    const { id, version, revision } = this.row(runtimeId);
    const nextCheckAt = this.clock.now().toISOString();
    const data = { nextCheckAt, ...changes, revision: revision + 1 };
    await this.store.update('runtimes', { id, version }, data);
  }

  /** As if the run that placed and made it had died before writing that down. */
  async forget(runtimeId: string): Promise<void> {
    const known = readJson(factsSchema, this.row(runtimeId).facts, noFacts);
    const { placement, compose } = noFacts;
    const facts = JSON.stringify({ ...known, placement, compose });
    await this.command(runtimeId, { facts });
  }

  /** The minute sweep, until nothing is due for long; bounded. */
  async settle(runtimeId: string): Promise<void> {
    for (let minute = 0; minute < minutesAtMost; minute += 1) {
      await reconcileRuntime(this.deps, runtimeId);
      const dueMs = Date.parse(this.row(runtimeId).nextCheckAt ?? '9999');
      if (dueMs - this.clock.now().getTime() > longMs) return;
      this.clock.advance(minuteMs);
    }
    throw new Error(`${runtimeId} does not come to rest`);
  }

  /** Until it was found open to strangers; it does not come to rest before that is mended. */
  async settleExposed(runtimeId: string): Promise<void> {
    for (let minute = 0; minute < minutesAtMost; minute += 1) {
      if (this.tasks().includes('runtime_exposed')) return;
      await reconcileRuntime(this.deps, runtimeId);
      this.clock.advance(minuteMs);
    }
    throw new Error(`${runtimeId} was not found open`);
  }

  /** The same, until its status is this. */
  async sweepUntil(runtimeId: string, status: RuntimeRecord['status']): Promise<void> {
    for (let minute = 0; minute < minutesAtMost; minute += 1) {
      if (this.row(runtimeId).status === status) break;
      await reconcileRuntime(this.deps, runtimeId);
      this.clock.advance(minuteMs);
    }
    expect(this.row(runtimeId).status).toBe(status);
  }

  /** From wherever it comes up: with a login, proven by a turn, and at rest. */
  async becomeReady(runtimeId: string): Promise<void> {
    await this.sweepUntil(runtimeId, 'auth_required');
    this.agent.codex = 'ok';
    this.agent.loginId = 'first';
    await this.command(runtimeId, { smokeId: 'smoke-1', smokeNonce: 'Nonce0123456789ab' });
    await this.sweepUntil(runtimeId, 'ready');
    await this.settle(runtimeId);
  }
}

export const makeFleet = async (server: Partial<RowOf<'servers'>> = {}): Promise<Fleet> => {
  const fleet = new Fleet();
  await openServer(fleet.store, server);
  return fleet;
};
