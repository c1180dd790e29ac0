/**
 * What happens to a tenant's real stack in the course of its life: memory runs out, processes die,
 * containers are made again, the server restarts or loses power, the agent goes away in the middle
 * of something, the disk is full. Each ends in a state that the agent names, with login and data
 * kept. One tenant for the whole file; the tests are its life in order.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import { eventually } from '#tests/support/http.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';
import {
  addressOn,
  dockerLine,
  eventsOf,
  healthy,
  killFromOutside,
  sayLastWords,
  since,
} from './machine.ts';
import { askAgent, containerOf, decide, deploy, logIn, smoke } from './tenant.ts';
import { stateWhen, turnKnobs, valueOf } from './tenant.ts';
import type { Tenant } from './tenant.ts';

const usage = z.object({ MemUsage: z.string() });

let house: House;
let acme: Tenant;
let loginId: string | null;

const nonce = 'Nonce0123456789abcdef';
/** A cold start takes 13–43 s on two shared cores. */
const readyWithinMs = 180_000;
const isReady = ({ gateway, codex }: StateAnswer): boolean =>
  gateway.status === 'ready' && codex.status !== 'unknown';

const ready = (): Promise<StateAnswer> =>
  stateWhen(house, acme, { until: isReady, withinMs: readyWithinMs });

/** Ready again with the very login it had: nothing of the state volume was lost. */
const expectSameLogin = async (): Promise<void> => {
  const { codex } = await ready();
  expect(codex).toMatchObject({ status: 'ok', loginId });
};

/** Every status the agent named on the way, in order, each once. */
const statusesUntilReady = async (began: () => Promise<void>): Promise<readonly string[]> => {
  const seen: string[] = [];
  const note = (state: StateAnswer): void => {
    if (seen.at(-1) !== state.gateway.status) seen.push(state.gateway.status);
  };
  await began();
  await stateWhen(house, acme, {
    until: (state) => {
      note(state);
      return isReady(state) && seen.length > 1;
    },
    withinMs: readyWithinMs,
  });
  return seen;
};

beforeAll(async () => {
  house = await openHouse();
  acme = await deploy(house, { name: 'acme', title: 'first' });
  await ready();
  await logIn(house, acme);
  ({
    codex: { loginId },
  } = await ready());
  expect(loginId).not.toBeNull();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => sayLastWords(house, acme));
});
afterAll(async () => {
  await house.close();
});

describe('the gateway', () => {
  test('that runs out of memory starts again, and the agent says so', async () => {
    const began = since();
    const seen = await statusesUntilReady(async () => {
      await exhaustMemory();
      await eventually(
        () => eventsOf(house, acme, { service: 'openclaw', since: began }),
        (events) => events.some(({ action }) => action === 'die'),
        60_000,
      );
    });
    const events = await eventsOf(house, acme, { service: 'openclaw', since: began });
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['oom', 'start']));
    expect(events.find(({ action }) => action === 'die')).toMatchObject({ exitCode: '137' });
    expect(seen).toEqual(['unreachable', 'starting', 'ready']);
    await expectSameLogin();
  });

  test('that is killed starts again by itself', async () => {
    const began = since();
    await killFromOutside(house, acme, 'openclaw');
    await eventually(
      () => eventsOf(house, acme, { service: 'openclaw', since: began }),
      (events) => events.some(({ action }) => action === 'start'),
      60_000,
    );
    await expectSameLogin();
  });

  test('that is killed and made again is not locked out by its own lease', async () => {
    await killFromOutside(house, acme, 'openclaw');
    await dockerLine(house, ['rm', '--force', containerOf(acme, 'openclaw')]);
    const startedMs = performance.now();
    await deploy(house, { name: 'acme', title: 'made-again' });
    await expectSameLogin();
    // The lease of a dead gateway lives for 300 s.
    expect(performance.now() - startedMs).toBeLessThan(150_000);
    const log = await dockerLine(house, ['logs', containerOf(acme, 'openclaw')]);
    expect(log).not.toMatch(/lease/i);
  });
});

describe('the agent', () => {
  test('that restarts in the middle of a login calls it lost, and the next one works', async () => {
    for (const restart of [restartAgent, killAgent]) {
      const lost = valueOf(await house.agent.startCodex(acme));
      await restart();
      const { codex } = await stateWhen(house, acme, {
        until: (state) => state.codex.ended?.attemptId === lost.attemptId,
        withinMs: 30_000,
      });
      expect(codex).toMatchObject({ attemptId: null, ended: { ending: 'lost' } });
      const callbackUrl = await decide(lost.authorizeUrl, 'continue');
      const late = { scope: 'codex:callback', body: { callbackUrl } } as const;
      const answer = await askAgent(house, acme, { ...late, attempt: lost.attemptId });
      expect([answer.status, answer.text]).toEqual([
        404,
        expect.stringContaining('codex_attempt_unknown'),
      ]);
      const startedMs = performance.now();
      await logIn(house, acme);
      // OpenClaw knows one login at a time: the slot of the lost one was free at once.
      expect(performance.now() - startedMs).toBeLessThan(20_000);
      expect((await ready()).codex).toMatchObject({ status: 'ok', ended: { ending: 'linked' } });
    }
  });

  test('that is killed during a smoke calls it interrupted, and the next one passes', async () => {
    await turnKnobs(house, { modelLatencyMs: 8_000 });
    valueOf(await house.agent.startSmoke(acme, { smokeId: 'smoke_cut_off', nonce }));
    await killAgent();
    const { smoke: report } = await stateWhen(house, acme, {
      until: (state) => state.smoke?.finishedAtMs !== null,
      withinMs: 30_000,
    });
    await turnKnobs(house, { modelLatencyMs: 0 });
    expect(report).toMatchObject({ smokeId: 'smoke_cut_off', code: 'interrupted' });
    const again = await smoke(house, acme, { smokeId: 'smoke_again', nonce });
    expect(again).toMatchObject({ code: 'passed', nonceMatched: true });
  });
});

describe('a backup', () => {
  const inContainer = (service: 'openclaw' | 'scratch', script: string): Promise<string> =>
    dockerLine(house, ['exec', containerOf(acme, service), 'sh', '-c', script]);
  const startOf = (): Promise<string> => {
    const format = ['--format', '{{.State.StartedAt}}'];
    return dockerLine(house, ['inspect', ...format, containerOf(acme, 'openclaw')]);
  };

  test('has a scratch runtime that sleeps, and knows no name and no way out', async () => {
    expect(await inContainer('scratch', 'ls -A /home/node/.openclaw')).toBe('');
    const resolved = await inContainer(
      'scratch',
      'RES_OPTIONS=timeout:1 getent hosts openai.com || echo unknown',
    );
    expect(resolved).toBe('unknown');
    const { MemUsage } = usage.parse(
      JSON.parse(
        await dockerLine(house, [
          ...['stats', '--no-stream', '--format', '{{json .}}'],
          containerOf(acme, 'scratch'),
        ]),
      ),
    );
    // A few mebibytes, if that.
    expect(MemUsage).toMatch(/^(\d+(\.\d+)?KiB|\d(\.\d+)?MiB) \//);
  });

  test('is proven beside the running gateway, which notices nothing, and leaves nothing', async () => {
    await inContainer(
      'openclaw',
      'cd ~/.openclaw && mkdir -p workspace && echo kept > workspace/note.md',
    );
    const before = await ready();
    const began = await startOf();
    valueOf(await house.agent.startBackup(acme, 'day-1'));
    const { backup } = await stateWhen(house, acme, {
      until: ({ backup: seen }) => seen?.last?.code !== 'running',
      withinMs: 300_000,
    });
    expect(backup?.last).toMatchObject({ backupId: 'day-1', code: 'proven' });
    expect(backup?.kept).toMatchObject([{ backupId: 'day-1', openclawVersion: '2026.9.6' }]);
    const after = await ready();
    expect([after.gateway, after.codex]).toEqual([before.gateway, before.codex]);
    expect(await startOf()).toBe(began);
    // Nothing where a gateway could read it.
    expect(await inContainer('scratch', 'ls -A /home/node/.openclaw')).toBe('');
    await expect(inContainer('openclaw', 'ls /backups')).rejects.toThrow('docker exec');
  }, 400_000);

  test('is brought back by a restart, and taken back by another', async () => {
    const inWorkspace = (script: string): Promise<string> =>
      inContainer('openclaw', `cd ~/.openclaw/workspace && ${script}`);
    const restarted = async (code: string): Promise<void> => {
      valueOf(await house.deployer.stop(acme.composeId));
      valueOf(await house.deployer.start(acme.composeId));
      const until = (state: StateAnswer): boolean => state.restore?.code === code && isReady(state);
      await stateWhen(house, acme, { until, withinMs: readyWithinMs });
    };
    // The tests before this one have logged in anew.
    ({
      codex: { loginId },
    } = await ready());
    await inWorkspace('echo changed > note.md && echo late > late.md');
    const order = { restoreId: 'restore-1', backupId: 'day-1' };
    const taken = valueOf(await house.agent.restore(acme, { ...order, step: 'order' }));
    expect(taken).toMatchObject({ code: 'ordered', problem: null });
    await restarted('swapped');
    expect(await inWorkspace('cat note.md; ls late.md || true')).toBe('kept');
    await expectSameLogin();
    valueOf(await house.agent.restore(acme, { ...order, step: 'return' }));
    await restarted('returned');
    expect(await inWorkspace('cat note.md late.md')).toBe('changed\nlate');
    await expectSameLogin();
    const aside = 'ls ~/.openclaw/*/restore ~/.openclaw/.*/restore 2>/dev/null || true';
    expect(await inContainer('openclaw', aside)).toBe('');
  }, 400_000);
});

describe('the server', () => {
  let before: readonly string[];
  beforeEach(async () => {
    ({
      codex: { loginId },
    } = await ready());
    before = await addressesInCell();
  });

  test.each([
    ['agent', 'openclaw'],
    ['openclaw', 'agent'],
  ] as const)('may start %s before %s', async (first, second) => {
    await dockerLine(house, ['stop', ...[first, second].map((each) => containerOf(acme, each))]);
    await dockerLine(house, ['start', containerOf(acme, first)]);
    await healthy(house, acme, first);
    await dockerLine(house, ['start', containerOf(acme, second)]);
    await expectSameLogin();
  });

  test('restarts, and both come back at their addresses', async () => {
    await house.closeBridge();
    await house.engine.shutDown();
    await house.engine.boot();
    await house.openBridge();
    await expectSameLogin();
    expect(await addressesInCell()).toEqual(before);
    const report = await smoke(house, acme, { smokeId: 'smoke_after_restart', nonce });
    expect(report).toMatchObject({ code: 'passed' });
  });

  test('loses power, and both come back at their addresses', async () => {
    await house.closeBridge();
    await house.engine.cutPower();
    await house.engine.boot();
    await house.openBridge();
    await expectSameLogin();
    expect(await addressesInCell()).toEqual(before);
    const report = await smoke(house, acme, { smokeId: 'smoke_after_power', nonce });
    expect(report).toMatchObject({ code: 'passed' });
  });
});

/** Many small processes, as a customer's tools may start them: the largest one is the gateway. */
const exhaustMemory = async (): Promise<void> => {
  // Held on to: what nobody can reach any more is given back.
  const hungry = 'globalThis.held = Buffer.alloc(300e6, 1); setTimeout(() => undefined, 60e3)';
  const args = ['exec', '--detach', containerOf(acme, 'openclaw'), 'node', '-e', hungry];
  await Promise.all(Array.from({ length: 8 }, () => dockerLine(house, args)));
};

/**
 * Until the agent has started anew and passed its health check: the proxy believes what it saw for
 * half a second, so a new process answers on its old route, which is then gone until it is healthy.
 */
const untilAgentIsBack = async (leaves: () => Promise<unknown>): Promise<void> => {
  const began = since();
  await leaves();
  await eventually(
    () => eventsOf(house, acme, { service: 'agent', since: began }),
    (events) => events.some(({ action }) => action === 'start'),
    60_000,
  );
  await healthy(house, acme, 'agent');
};

const restartAgent = (): Promise<void> =>
  untilAgentIsBack(() => dockerLine(house, ['restart', containerOf(acme, 'agent')]));

/** By the kernel, not by Docker: the restart policy has to bring it back. */
const killAgent = (): Promise<void> =>
  untilAgentIsBack(() => killFromOutside(house, acme, 'agent'));

const addressesInCell = (): Promise<string[]> =>
  Promise.all(
    (['openclaw', 'agent'] as const).map((service) =>
      addressOn(house, containerOf(acme, service), `${acme.appName}_cell`),
    ),
  );
