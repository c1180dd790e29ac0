import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '#ports/store.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { sweepBudget } from './deps.ts';
import type { RuntimeRecord } from './deps.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const runtimeId = 'rt1';

const makeBench = async (): Promise<Fleet> => {
  const fleet = await makeFleet();
  await fleet.open(runtimeId);
  return fleet;
};

const sweepUntil = (bench: Fleet, status: RuntimeRecord['status']): Promise<void> =>
  bench.sweepUntil(runtimeId, status);

const linkAndSmoke = async (bench: Fleet): Promise<void> => {
  bench.agent.codex = 'ok';
  await bench.command(runtimeId, { smokeId: 'smoke-1', smokeNonce: 'nonce' });
  await sweepUntil(bench, 'ready');
};

describe('reconcile a runtime', () => {
  it('goes from paid to auth_required in one run, with one deployment', async () => {
    const bench = await makeBench();
    expect(await reconcileRuntime(bench.deps, runtimeId)).toBe('settled');
    expect(bench.row(runtimeId).status).toBe('auth_required');
    expect(bench.deployer.deployCalls).toBe(1);
  });

  it('becomes ready with a receipt after login and smoke', async () => {
    const bench = await makeBench();
    await sweepUntil(bench, 'auth_required');
    await linkAndSmoke(bench);
    expect(JSON.parse(bench.row(runtimeId).receipt ?? 'null')).toMatchObject({
      smokeId: 'smoke-1',
      nonceMatched: true,
      image: 'openclaw:1',
    });
  });

  it('writes nothing in a settled world', async () => {
    const bench = await makeBench();
    await sweepUntil(bench, 'auth_required');
    await linkAndSmoke(bench);
    await reconcileRuntime(bench.deps, runtimeId);
    const before = bench.row(runtimeId).version;
    for (let run = 0; run < 5; run += 1) {
      bench.clock.advance(60_000);
      await reconcileRuntime(bench.deps, runtimeId);
    }
    expect(bench.row(runtimeId).version).toBe(before);
  });

  it('never deploys twice when the answer to deploy is lost', async () => {
    const bench = await makeBench();
    bench.deployer.faults.push('answer_lost');
    await sweepUntil(bench, 'auth_required');
    expect(bench.deployer.composes.get('c1')?.deployments).toHaveLength(1);
  });

  it.each(['lose', 'fail', 'unreachable'] as const)('gets there after: %s', async (fault) => {
    const bench = await makeBench();
    bench.deployer.faults.push(fault, fault);
    await sweepUntil(bench, 'auth_required');
    expect(bench.deployer.composes.size).toBe(1);
  });

  it('takes a deployment that nobody works on any more for lost, and asks for another', async () => {
    const bench = await makeBench();
    const look = bench.deployer.deploymentStatus.bind(bench.deployer);
    bench.deployer.deploymentStatus = (composeId, title) =>
      title.endsWith(':1')
        ? Promise.resolve({ kind: 'ok', value: { status: 'stalled', finishedAt: null } })
        : look(composeId, title);
    await sweepUntil(bench, 'auth_required');
    expect(bench.deployer.composes.get('c1')?.deployments).toHaveLength(2);
  });

  it('asks again in the same run for a deployment that got lost, whatever failed before it', async () => {
    const bench = await makeBench();
    await bench.command(runtimeId, { failures: 2 });
    bench.deployer.faults.push('lose');
    await reconcileRuntime(bench.deps, runtimeId, sweepBudget);
    expect(bench.deployer.composes.get('c1')?.deployments).toHaveLength(1);
    expect(bench.row(runtimeId).failures).toBe(0);
  });

  it('asks an operator once when deploying fails for good', async () => {
    const bench = await makeBench();
    for (let attempt = 0; attempt < 50; attempt += 1) bench.deployer.faults.push('fail');
    await sweepUntil(bench, 'failed');
    bench.clock.advance(3_600_000);
    await reconcileRuntime(bench.deps, runtimeId);
    await reconcileRuntime(bench.deps, runtimeId);
    const tasks = bench.store.rows('tasks');
    expect(tasks.map((task) => task.kind)).toEqual(['provisioning_stuck']);
    const detail = JSON.parse(tasks[0]?.detail ?? '') as { readonly log?: string };
    expect(detail.log).toBe('container agent is unhealthy');
  });

  it.each(['word\n', '"\\\n', '한글 로그\n'])(
    'fits a log of many "%s" into the task',
    async (line) => {
      const bench = await makeBench();
      for (let attempt = 0; attempt < 50; attempt += 1) bench.deployer.faults.push('fail');
      const log = `${line.repeat(600)}the end`;
      bench.deployer.failureLog = () => Promise.resolve({ kind: 'ok', value: log });
      await sweepUntil(bench, 'failed');
      bench.clock.advance(3_600_000);
      await reconcileRuntime(bench.deps, runtimeId);
      const detail = bench.store.rows('tasks')[0]?.detail ?? '';
      expect(detail.length).toBeLessThanOrEqual(1_000);
      expect((JSON.parse(detail) as { readonly log: string }).log).toMatch(/the end$/);
    },
  );

  it('two at once do one deployment', async () => {
    const bench = await makeBench();
    const runs = [1, 2, 3, 4].map(() => reconcileRuntime(bench.deps, runtimeId));
    const ends = await Promise.all(runs);
    expect(ends.filter((end) => end === 'held')).toHaveLength(3);
    expect(bench.deployer.composes.get('c1')?.deployments).toHaveLength(1);
  });

  it('reaches the same end after a crash at any write', async () => {
    for (let crashAt = 1; crashAt < 40; crashAt += 1) {
      const bench = await makeBench();
      bench.store.crashAfterWrites(crashAt);
      await reconcileRuntime(bench.deps, runtimeId).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable) && !bench.store.crashed) throw error;
      });
      bench.store.revive();
      await sweepUntil(bench, 'auth_required');
      expect(bench.deployer.composes.size).toBe(1);
      bench.clock.advance(60_000);
      await reconcileRuntime(bench.deps, runtimeId);
      const history = bench.store.rows('timeline').map(({ kind }) => kind);
      expect(history.at(0)).toBe('runtime.opened');
      expect(history.at(-1)).toBe('runtime_auth_required');
      // What was tried from outside is told each time; a status is told once.
      const told = history.filter((kind) => kind !== 'exposure_proven');
      expect(told.length).toBeLessThan(history.length);
      expect(new Set(told).size).toBe(told.length);
      await linkAndSmoke(bench);
    }
  });
});
