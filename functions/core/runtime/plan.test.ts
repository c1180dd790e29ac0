import { describe, expect, it } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { ownDay } from './day.ts';
import { plan } from './plan.ts';
import { backoffMs, maxFailures } from './timing.ts';
import type { Desired } from './timing.ts';

const now = new Date('2026-11-23T00:00:00.000Z');
const moment = { now, freshSince: now };
const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();

const desired: Desired = {
  state: 'running',
  configHash: 'h1',
  verifyRequestedAt: null,
  smokeId: null,
  restartId: null,
  failures: 0,
  jitter: 0.5,
  paidUntil: '2026-12-23T00:00:00.000Z',
  ...{ versionFloor: null, exportUntil: null, update: null },
  declaredGone: false,
};

const placed: Facts = {
  ...noFacts,
  placement: { ...noFacts.placement, observedAt: at(0), slotId: 's.0', serverId: 's' },
};
const project: Facts = {
  ...placed,
  project: { observedAt: at(0), error: null, projectId: 'p', environmentId: 'e' },
};
const composed: Facts = { ...project, compose: { ...project.compose, composeId: 'c' } };
const configured: Facts = { ...composed, compose: { ...composed.compose, configHash: 'h1' } };
const deploying = (status: Facts['deployment']['status'], more: object = {}): Facts => ({
  ...configured,
  deployment: {
    ...configured.deployment,
    status,
    title: 'r:1',
    attempt: 1,
    configHash: 'h1',
    requestedAt: at(-1_000),
    observedAt: at(0),
    ...more,
  },
});
const deployed = deploying('done', { finishedAt: at(-500) });
const report = (result: 'pass' | 'fail') => ({
  atMs: now.getTime(),
  openclawVersion: '2026.9.6',
  rungs: [{ rung: 'ready_json' as const, result, reason: '' }],
});
const reachable: Facts = {
  ...deployed,
  agent: { observedAt: at(0), error: null, gateway: 'ready', version: '2026.9.6' },
  codex: { ...deployed.codex, observedAt: at(0), status: 'none' },
};
const verified: Facts = {
  ...reachable,
  verify: { observedAt: at(0), error: null, report: report('pass') },
};
const closed = (atMs: number): Facts['exposure'] => ({
  observedAt: at(0),
  error: null,
  report: { atMs, checks: [{ check: 'ticket_needed', result: 'pass', reason: '' }] },
});
const shut: Facts = { ...verified, exposure: closed(now.getTime()) };
const linked: Facts = { ...shut, codex: { ...verified.codex, status: 'ok' } };

describe('plan', () => {
  it.each([
    ['no slot', noFacts, 'claim_slot'],
    ['no project', placed, 'ensure_project'],
    ['no compose', project, 'ensure_compose'],
    ['compose not configured', composed, 'configure'],
    ['never deployed', configured, 'deploy'],
    ['deployed, agent not looked at in this run', deployed, 'observe_agent'],
    ['agent answers, nothing verified', reachable, 'verify'],
  ])('%s → %s', (_name, facts, kind) => {
    expect(plan(desired, facts, moment).kind).toBe(kind);
  });

  it('waits between looks at a running deployment', () => {
    const action = plan(desired, deploying('running'), moment);
    expect(action).toMatchObject({ kind: 'wait', settled: false });
  });

  it('looks before it acts: an observation of an earlier run does not count', () => {
    const facts = deploying('running', { observedAt: at(-10) });
    expect(plan(desired, facts, moment).kind).toBe('observe_deployment');
  });

  it('calls a deployment lost when nobody knows it for 30 s, and then asks again', () => {
    const missing = deploying('requested', { requestedAt: at(-31_000) });
    expect(plan(desired, missing, moment).kind).toBe('declare_lost');
    const lost = deploying('lost', { requestedAt: at(-31_000), finishedAt: at(0) });
    const action = plan({ ...desired, failures: 1 }, lost, moment);
    expect(action).toEqual({ kind: 'deploy', attempt: 2 });
  });

  it.each(['lost', 'cancelled'] as const)(
    'counts the wait for a %s deployment as the pause before the next',
    (status) => {
      const gone = deploying(status, { requestedAt: at(-31_000), finishedAt: at(0) });
      expect(plan({ ...desired, failures: 3 }, gone, moment).kind).toBe('deploy');
      expect(plan({ ...desired, failures: 4 }, gone, moment)).toEqual({
        kind: 'wait',
        untilMs: now.getTime() + 9_000,
        settled: false,
      });
    },
  );

  it('backs off after a failed deployment', () => {
    const failed = deploying('error', { finishedAt: at(-1_000) });
    const action = plan({ ...desired, failures: 3 }, failed, moment);
    expect(action).toEqual({ kind: 'wait', untilMs: now.getTime() + 19_000, settled: false });
  });

  it('asks the operator once after too many failures, and goes on trying', () => {
    const failed = deploying('error', { finishedAt: at(-3_600_000) });
    expect(plan({ ...desired, failures: maxFailures }, failed, moment).kind).toBe('raise_task');
    expect(plan({ ...desired, failures: maxFailures + 1 }, failed, moment).kind).toBe('deploy');
  });

  it('deploys again when what is desired has changed', () => {
    const facts = { ...linked, compose: { ...linked.compose, configHash: 'h2' } };
    const action = plan({ ...desired, configHash: 'h2' }, facts, moment);
    expect(action).toEqual({ kind: 'deploy', attempt: 2 });
  });

  it('climbs again after a ladder that could not be reached, though an older one was good', () => {
    const missed: Facts = {
      ...verified,
      verify: { observedAt: at(0), error: 'agent_unreachable', report: report('pass') },
    };
    expect(plan(desired, missed, moment).kind).toBe('verify');
  });

  it('verifies again when a customer asks', () => {
    const asked = { ...desired, verifyRequestedAt: at(1) };
    expect(plan(asked, verified, moment).kind).toBe('verify');
  });

  it('starts a smoke only when the login is there', () => {
    const asked = { ...desired, smokeId: 's1' };
    expect(plan(asked, shut, moment)).toMatchObject({ kind: 'wait', settled: true });
    expect(plan(asked, linked, moment)).toEqual({ kind: 'start_smoke', smokeId: 's1' });
  });

  it('settles when there is nothing to do', () => {
    expect(plan(desired, linked, moment)).toMatchObject({ kind: 'wait', settled: true });
  });

  it('doubles its patience up to ten minutes', () => {
    const pauses = [1, 2, 3, 20].map((failures) => backoffMs(failures, 0.5));
    expect(pauses).toEqual([5_000, 10_000, 20_000, 600_000]);
  });

  it('spreads what failed together by a fifth either way', () => {
    expect([0, 1].map((jitter) => backoffMs(20, jitter))).toEqual([480_000, 720_000]);
  });

  it('leaves a step that just failed alone, even when an event asks', () => {
    const failedJust: Facts = {
      ...placed,
      project: { ...placed.project, observedAt: at(-1_000), error: 'deployer_refused' },
    };
    const action = plan({ ...desired, failures: 4 }, failedJust, moment);
    expect(action).toEqual({ kind: 'wait', untilMs: now.getTime() + 39_000, settled: false });
  });
});

describe('a runtime’s own day', () => {
  const day = 86_400_000;
  // Its day begins at noon (jitter 0.5); it is midnight now.
  const noon = now.getTime() + day / 2;
  const later = (ms: number) => ({ now: new Date(noon + ms), freshSince: new Date(noon + ms) });
  const seen = (facts: Facts, ms: number): Facts => ({
    ...facts,
    agent: { ...facts.agent, observedAt: new Date(noon + ms).toISOString() },
  });
  const smoke = {
    smokeId: 's1',
    code: 'passed' as const,
    nonceMatched: true,
    provider: 'openai',
    model: 'gpt',
    latencyMs: 1,
    startedAtMs: now.getTime(),
    finishedAtMs: now.getTime(),
    loginId: null,
  };
  const proven: Facts = { ...linked, smoke: { ...linked.smoke, report: smoke } };
  const asked = { ...desired, smokeId: 's1' };

  const backedUp = (facts: Facts): Facts => {
    const day = ownDay(noon, desired.jitter);
    const backupId = `day-${day}`;
    const [origin, times] = ['runtime' as const, { startedAtMs: noon, finishedAtMs: noon }];
    const report = { backupId, origin, code: 'proven' as const, step: null, ...times };
    return { ...facts, backup: { ...facts.backup, report, day } };
  };

  it('ends the wait of a settled runtime', () => {
    expect(plan(asked, proven, moment)).toEqual({ kind: 'wait', untilMs: noon, settled: true });
  });

  it('has it tried from outside anew, and then its login asked about', () => {
    expect(plan(asked, seen(proven, -1), later(-1))).toMatchObject({ settled: true });
    expect(plan(asked, seen(proven, 0), later(0)).kind).toBe('prove_exposure');
    const tried = { ...seen(proven, 0), exposure: closed(noon) };
    expect(plan(asked, tried, later(0)).kind).toBe('start_check');
  });

  it('asks about no login that is not proven, or not there', () => {
    const fresh = { ...seen(linked, 0), exposure: closed(noon) };
    expect(plan(desired, fresh, later(0))).toMatchObject({ kind: 'wait', settled: true });
    const gone = { ...seen(backedUp(proven), 0), exposure: closed(noon) };
    const facts: Facts = { ...gone, codex: { ...gone.codex, status: 'expired' } };
    expect(plan(asked, facts, later(0))).toMatchObject({ kind: 'wait', settled: true });
  });

  it.each([0, -3_600_000, 3_600_000])(
    'asks once, even a tenant whose clock is %d ms from ours',
    (skewMs) => {
      const first = plan(asked, { ...seen(proven, 0), exposure: closed(noon) }, later(0));
      const checkId = first.kind === 'start_check' ? first.checkId : '';
      const startedAtMs = noon + skewMs;
      const report = { checkId, code: 'passed' as const, startedAtMs, finishedAtMs: startedAtMs };
      const facts: Facts = {
        ...seen(backedUp(proven), 1),
        exposure: closed(noon),
        check: { observedAt: null, error: null, report, loginId: null, refused: null },
      };
      const next = { kind: 'wait', untilMs: noon + day, settled: true };
      expect(plan(asked, facts, later(1))).toEqual(next);
    },
  );
});

describe('a runtime that answers strangers', () => {
  const open: Facts = {
    ...linked,
    exposure: {
      observedAt: at(-1_000),
      error: null,
      report: {
        atMs: now.getTime(),
        checks: [{ check: 'gateway_port_closed', result: 'fail', reason: 'port_open' }],
      },
    },
  };

  it('is tried again with growing pauses, for as long as it takes', () => {
    const asked = { ...desired, smokeId: 's1' };
    expect(plan({ ...asked, failures: 3 }, open, moment)).toMatchObject({ settled: false });
    const hour = { ...open, exposure: { ...open.exposure, observedAt: at(-3_600_000) } };
    for (const failures of [maxFailures, maxFailures + 5]) {
      expect(plan({ ...asked, failures }, hour, moment).kind).toBe('prove_exposure');
    }
  });
});

describe('somebody inside who may not be', () => {
  const entered = (facts: Facts): Facts => ({
    ...facts,
    access: { observedAt: at(0), error: null, strangers: ['u1'] },
  });

  it('is put out first of all, even while the gateway starts', () => {
    expect(plan(desired, entered(linked), moment).kind).toBe('end_access');
    const starting = entered(linked);
    const facts: Facts = { ...starting, agent: { ...starting.agent, gateway: 'starting' } };
    expect(plan(desired, facts, moment).kind).toBe('end_access');
  });

  it('is looked at again before', () => {
    const old = { ...entered(linked), agent: { ...linked.agent, observedAt: at(-1) } };
    expect(plan(desired, old, moment).kind).toBe('observe_agent');
  });
});

describe('waiting for room', () => {
  const waiting = (sinceMs: number, lookedMs: number): Facts => ({
    ...noFacts,
    placement: {
      ...noFacts.placement,
      observedAt: at(lookedMs),
      error: 'no_capacity',
      waitingSince: at(sinceMs),
    },
  });

  it('looks once in every run', () => {
    expect(plan(desired, waiting(-60_000, -1), moment).kind).toBe('claim_slot');
  });

  it.each([
    ['a minute at first', 0, 60_000],
    ['a tenth of the time it has waited', -3_000_000, 300_000],
    ['ten minutes at most', -360_000_000, 600_000],
  ])('then again after %s', (_name, sinceMs, pauseMs) => {
    const action = plan(desired, waiting(sinceMs, 0), moment);
    expect(action).toEqual({
      kind: 'wait',
      untilMs: now.getTime() + pauseMs,
      settled: false,
    });
  });
});

describe('a deployed runtime that is silent', () => {
  const minute = 60_000;
  const silent = (more: Partial<Facts> = {}, doneMs = -3 * minute): Facts => ({
    ...deploying('done', { finishedAt: at(doneMs) }),
    agent: { observedAt: at(0), error: 'agent_unreachable', gateway: null, version: null },
    ...more,
  });
  const machine = (state: Facts['machine']['state'], seenMs: number): Partial<Facts> => ({
    machine: { observedAt: at(seenMs), error: null, state },
  });
  const once = { ...desired, failures: 1 };

  it('is booting at first, and asked often', () => {
    const action = plan(desired, silent({}, -minute), moment);
    expect(action).toMatchObject({ kind: 'wait', untilMs: now.getTime() + 1_500 });
  });

  it('has its machine looked at when no boot takes that long', () => {
    expect(plan(desired, silent(), moment).kind).toBe('observe_machine');
  });

  it('is asked before its machine each time, with a pause in between', () => {
    const seen = silent(machine('up', -1_000));
    expect(plan(once, seen, moment)).toMatchObject({ kind: 'wait', settled: false });
    const later = silent({
      ...machine('up', -minute),
      agent: { ...seen.agent, observedAt: at(-minute - 1) },
    });
    expect(plan(once, later, moment).kind).toBe('observe_agent');
  });

  it('is started when its containers are down, and then given time to boot', () => {
    expect(plan(once, silent(machine('down', -minute)), moment).kind).toBe('start');
    const started = silent(machine('started', -minute));
    expect(plan(once, started, moment)).toMatchObject({ kind: 'wait', settled: false });
  });

  it('is a person’s matter after too many looks, but not when its whole server is away', () => {
    const often = { ...desired, failures: maxFailures };
    const hour = -60 * minute;
    expect(plan(often, silent(machine('up', hour)), moment).kind).toBe('raise_task');
    const lost = silent(machine('server_unreachable', hour));
    expect(plan(often, lost, moment).kind).toBe('observe_machine');
  });
});
