import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Condition } from '#schemas/record/runtime.ts';
import { endProofTurn, takeProofTurn } from '#app/placement/proof-turn.ts';
import { receiptLines } from '#core/runtime/deletion-receipt.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const runtimeId = 'rt1';
const nonce = 'Nonce0123456789ab';
const hourMs = 3_600_000;

let fleet: Fleet;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  await fleet.sweepUntil(runtimeId, 'auth_required');
  fleet.agent.codex = 'ok';
  fleet.agent.loginId = 'first';
  await fleet.command(runtimeId, { smokeId: 'smoke-1', smokeNonce: nonce });
  await fleet.sweepUntil(runtimeId, 'ready');
  await fleet.settle(runtimeId);
});

const receipt = () => JSON.parse(fleet.row(runtimeId).receipt ?? 'null') as object;
const condition = (type: Condition['type']) =>
  fleet.conditions(runtimeId).find((each) => each.type === type);

/** A day of sweeps, one an hour. */
const day = async (): Promise<void> => {
  for (let hour = 0; hour < 24; hour += 1) {
    fleet.clock.advance(hourMs);
    await reconcileRuntime(fleet.deps, runtimeId);
  }
};

const proofs = (): number =>
  fleet.store.rows('timeline').filter(({ kind }) => kind === 'exposure_proven').length;

describe('a receipt', () => {
  it('keeps the hash of the nonce, and the row keeps the nonce no longer', () => {
    const nonceHash = createHash('sha256').update(nonce).digest('hex');
    expect(receipt()).toMatchObject({ smokeId: 'smoke-1', nonceHash });
    expect(fleet.row(runtimeId).smokeNonce).toBeNull();
  });

  it('is outdated by another login, until a smoke on that one', async () => {
    const before = receipt();
    fleet.agent.loginId = 'second';
    await fleet.command(runtimeId);
    await fleet.settle(runtimeId);
    expect(fleet.row(runtimeId).status).toBe('running');
    expect(condition('smoke_passed')).toMatchObject({ reason: 'smoke_outdated' });
    expect(receipt()).toEqual(before);
    await fleet.command(runtimeId, { smokeId: 'smoke-2', smokeNonce: nonce });
    await fleet.sweepUntil(runtimeId, 'ready');
    expect(receipt()).toMatchObject({ smokeId: 'smoke-2' });
  });
});

describe('a login that came to nothing', () => {
  it('is told with its reason, and costs the runtime nothing while the one before it stands', async () => {
    const ended = { attemptId: 'a2', ending: 'failed', code: 'codex_access_denied' } as const;
    fleet.agent.ended = ended;
    await fleet.command(runtimeId);
    await fleet.settle(runtimeId);
    expect(condition('codex_linked')).toMatchObject({ value: 'true', attempt: ended });
    expect(fleet.row(runtimeId).status).toBe('ready');
    fleet.agent.ended = { attemptId: 'a3', ending: 'linked', code: null };
    await fleet.command(runtimeId);
    await fleet.settle(runtimeId);
    expect(condition('codex_linked')).not.toHaveProperty('attempt');
  });
});

describe('a day in which nothing happens', () => {
  it('is told by one proof and one check, and nothing that is shown changes', async () => {
    const { conditions, revision, status } = fleet.row(runtimeId);
    const before = proofs();
    await day();
    expect(proofs()).toBe(before + 1);
    expect(fleet.agent.checkCalls).toBe(1);
    expect(fleet.row(runtimeId)).toMatchObject({ conditions, revision, status });
    await day();
    expect(proofs()).toBe(before + 2);
    expect(fleet.agent.checkCalls).toBe(2);
  });
});

describe('the daily look', () => {
  it('finds a login that the model refuses, and is glad of the next one', async () => {
    fleet.agent.checkCode = 'auth';
    await day();
    expect(fleet.row(runtimeId).status).toBe('auth_required');
    const refused = { value: 'false', reason: 'login_refused', actor: 'customer' };
    expect(condition('codex_linked')).toMatchObject(refused);
    fleet.agent.loginId = 'second';
    fleet.agent.checkCode = 'passed';
    await fleet.command(runtimeId, { smokeId: 'smoke-2', smokeNonce: nonce });
    await fleet.sweepUntil(runtimeId, 'ready');
  });

  it.each(['timeout', 'rate_limit', 'unavailable', 'billing'] as const)(
    'takes nothing away for a check that ended with %s',
    async (code) => {
      fleet.agent.checkCode = code;
      await day();
      expect(fleet.row(runtimeId).status).toBe('ready');
    },
  );

  it('finds what has been opened, tells an operator once, and comes back when it is shut', async () => {
    fleet.agent.isExposed = true;
    await day();
    expect(fleet.row(runtimeId).status).toBe('degraded');
    expect(condition('private')).toMatchObject({ value: 'false', reason: 'exposed' });
    expect(fleet.tasks()).toEqual(['runtime_exposed']);
    const history = fleet.store.rows('timeline').map(({ kind }) => kind);
    expect(history.filter((kind) => kind === 'exposure_failed')).toHaveLength(1);
    fleet.agent.isExposed = false;
    await fleet.sweepUntil(runtimeId, 'ready');
  });
});

describe('the daily backup', () => {
  const backup = () => readJson(factsSchema, fleet.row(runtimeId).facts, noFacts).backup;

  it('is asked for once a day, and counted only because its tenant lists it', async () => {
    await day();
    await day();
    expect(fleet.agent.backups.calls).toHaveLength(2);
    expect(new Set(fleet.agent.backups.calls).size).toBe(2);
    const [newest] = fleet.agent.backups.kept;
    expect(backup()).toMatchObject({ newest, owedSince: null });
    expect(backup().kept).toHaveLength(2);
    expect(fleet.tasks()).toEqual([]);
  });

  it('that fails is not counted, and costs the runtime nothing', async () => {
    fleet.agent.backups.code = 'storage_full';
    await day();
    expect(backup()).toMatchObject({ newest: null, kept: [], report: { code: 'storage_full' } });
    expect(backup().owedSince).not.toBeNull();
    expect(fleet.row(runtimeId).status).toBe('ready');
  });

  it('waits while its server makes another, and is made on the same day', async () => {
    const { serverId } = readJson(factsSchema, fleet.row(runtimeId).facts, noFacts).placement;
    const other = { serverId, runtimeId: 'rt2' };
    for (let hour = 0; hour < 24 && backup().waitsUntil === null; hour += 1) {
      fleet.clock.advance(hourMs);
      await takeProofTurn(fleet.deps, other);
      await reconcileRuntime(fleet.deps, runtimeId);
    }
    expect(fleet.agent.backups.calls).toEqual([]);
    expect(Date.parse(fleet.row(runtimeId).nextCheckAt ?? '')).toBe(
      Date.parse(backup().waitsUntil ?? ''),
    );
    await endProofTurn(fleet.deps, other);
    fleet.clock.advance(5 * 60_000);
    await fleet.settle(runtimeId);
    expect(backup()).toMatchObject({ kept: [{}], owedSince: null, waitsUntil: null });
    expect(await takeProofTurn(fleet.deps, other)).toBe(true);
  });

  it('that failed for three days is told once, and once more in the next bad spell', async () => {
    fleet.agent.backups.code = 'proof_unavailable';
    for (let days = 0; days < 6; days += 1) await day();
    expect(fleet.tasks()).toEqual(['backup_overdue']);
    const [task] = fleet.store.rows('tasks');
    expect(JSON.parse(task?.detail ?? '')).toMatchObject({ code: 'proof_unavailable' });
    fleet.agent.backups.code = 'proven';
    await day();
    expect(backup()).toMatchObject({ kept: [{}], owedSince: null });
    fleet.agent.backups.code = 'timeout';
    for (let days = 0; days < 6; days += 1) await day();
    expect(fleet.tasks()).toEqual(['backup_overdue', 'backup_overdue']);
    expect(backup().kept).toHaveLength(1);
  });
});

describe('a copy in the customer’s bucket', () => {
  it('that is owed for three days is told once for each spell, and goes into the receipt', async () => {
    const failing = (owedSinceMs: number | null): void => {
      const code = owedSinceMs === null ? null : 'bucket_denied';
      const newest = { state: code === null ? 'copied' : 'failed', code, atMs: 1 } as const;
      fleet.agent.offsite = { keyAtMs: 1, bucketAtMs: 2, newest, owedSinceMs };
    };
    const sinceMs = fleet.clock.now().getTime();
    const since = new Date(sinceMs).toISOString();
    failing(sinceMs);
    for (let days = 0; days < 6; days += 1) await day();
    expect(fleet.tasks()).toEqual(['offsite_overdue']);
    const [task] = fleet.store.rows('tasks');
    expect(JSON.parse(task?.detail ?? '')).toMatchObject({ code: 'bucket_denied' });
    const mails = (): readonly string[] =>
      fleet.store
        .rows('messages')
        .flatMap(({ kind, occasion }) => (kind === 'copies_failing' ? [occasion] : []));
    expect(mails()).toEqual([since]);
    failing(null);
    for (let days = 0; days < 6; days += 1) await day();
    expect(fleet.tasks()).toEqual(['offsite_overdue']);
    expect(mails()).toHaveLength(1);
    const known = readJson(factsSchema, fleet.row(runtimeId).facts, noFacts);
    const lines = receiptLines(known, fleet.clock.now().toISOString());
    expect(lines.at(-1)).toMatchObject({ what: 'bucket', proof: 'yours' });
  });
});

describe('a new deployment', () => {
  it('is tried from outside before it is handed over', async () => {
    const before = fleet.agent.exposureTries;
    fleet.agent.isExposed = true;
    const stack = { ...fleet.deps.stack, agentImage: 'agent:2' };
    const deps = { ...fleet.deps, stack };
    await fleet.command(runtimeId);
    await reconcileRuntime(deps, runtimeId);
    expect(fleet.agent.exposureTries).toBeGreaterThan(before);
    expect(fleet.row(runtimeId).status).toBe('degraded');
    expect(condition('private')).toMatchObject({ reason: 'exposed' });
  });
});
