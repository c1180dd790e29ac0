import { describe, expect, it } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { ExposureReport, SmokeReport } from '#schemas/contract/agent.ts';
import type { Desired } from './timing.ts';
import { summarise } from './summarise.ts';

const now = new Date('2026-11-23T00:00:00.000Z');
const desired: Desired = {
  state: 'running',
  configHash: 'h',
  verifyRequestedAt: null,
  smokeId: 's1',
  restartId: null,
  failures: 0,
  jitter: 0.5,
  paidUntil: '2026-12-23T00:00:00.000Z',
  versionFloor: null,
  exportUntil: null,
  update: null,
  declaredGone: false,
};
const before = { conditions: [], wasReady: false, image: 'openclaw:1', now };

const smoke: SmokeReport = {
  smokeId: 's1',
  code: 'passed',
  nonceMatched: true,
  provider: 'openai',
  model: 'gpt',
  latencyMs: 900,
  startedAtMs: now.getTime() - 1_000,
  finishedAtMs: now.getTime(),
  loginId: null,
};
const closed: ExposureReport = {
  atMs: 0,
  checks: [{ check: 'ticket_needed', result: 'pass', reason: '' }],
};
const ready: Facts = {
  ...noFacts,
  deployment: { ...noFacts.deployment, status: 'done', attempt: 1 },
  agent: { observedAt: null, error: null, gateway: 'ready', version: '2026.9.6' },
  codex: { ...noFacts.codex, status: 'ok' },
  verify: {
    observedAt: null,
    error: null,
    report: { atMs: 0, openclawVersion: '2026.9.6', rungs: [] },
  },
  exposure: { observedAt: null, error: null, report: closed },
  smoke: { observedAt: null, error: null, report: smoke, nonceHash: 'h' },
};

const statusOf = (facts: Facts, more: Partial<Desired> = {}, wasReady = false): string =>
  summarise({ ...desired, ...more }, facts, { ...before, wasReady }).status;

describe('summarise', () => {
  it('walks provisioning → running → auth_required → linking → running → ready', () => {
    const unverified = { ...ready, verify: noFacts.verify };
    const codex = (status: Facts['codex']['status']): Facts => ({
      ...ready,
      codex: { ...ready.codex, status },
    });
    expect(statusOf(noFacts)).toBe('provisioning');
    expect(statusOf(unverified)).toBe('running');
    expect(statusOf(codex('none'))).toBe('auth_required');
    expect(statusOf(codex('linking'))).toBe('linking');
    expect(statusOf({ ...ready, smoke: noFacts.smoke })).toBe('running');
    expect(statusOf(ready)).toBe('ready');
  });

  it('is never ready without a receipt, and a receipt needs the nonce', () => {
    const wrongNonce = { ...smoke, nonceMatched: false };
    const facts = { ...ready, smoke: { ...ready.smoke, report: wrongNonce } };
    const summary = summarise(desired, facts, before);
    expect(summary.status).not.toBe('ready');
    expect(summary.receipt).toBeNull();
  });

  it('does not take an old smoke as proof of a new deployment', () => {
    const redeployed = {
      ...ready,
      deployment: { ...ready.deployment, precedingSmokeId: 's1' },
    };
    expect(statusOf(redeployed)).toBe('running');
  });

  const conditionOf = (facts: Facts, type: string) =>
    summarise(desired, facts, before).conditions.find((condition) => condition.type === type);

  it('does not take a smoke on one login as proof of another', () => {
    const again = { ...ready, codex: { ...ready.codex, loginId: 'second' } };
    expect(statusOf(again)).toBe('running');
    expect(conditionOf(again, 'smoke_passed')).toMatchObject({ reason: 'smoke_outdated' });
  });

  it('hands over nothing that was not tried from outside, or answers strangers', () => {
    expect(statusOf({ ...ready, exposure: noFacts.exposure })).toBe('running');
    const checks = closed.checks.map((check) => ({ ...check, result: 'fail' as const }));
    const open = { ...ready, exposure: { ...ready.exposure, report: { atMs: 0, checks } } };
    expect(statusOf(open)).toBe('running');
    expect(statusOf(open, {}, true)).toBe('degraded');
    const exposed = { value: 'false', reason: 'exposed', actor: 'operator' };
    expect(conditionOf(open, 'private')).toMatchObject(exposed);
  });

  it('calls a full disk by its name, and the operator, however often it was tried', () => {
    const full: Facts = { ...ready, agent: { ...ready.agent, error: 'storage_full' } };
    const judged = { value: 'false', reason: 'storage_full', actor: 'operator' };
    const tried = summarise({ ...desired, failures: 99 }, full, before).conditions;
    expect(tried.find(({ type }) => type === 'reachable')).toMatchObject(judged);
  });

  it('keeps what was proven when the next try cannot be made', () => {
    const missed = { ...ready.exposure, error: 'agent_unreachable' as const };
    expect(statusOf({ ...ready, exposure: missed })).toBe('ready');
  });

  it('warns of a login that ends soon, and stays ready', () => {
    const facts: Facts = { ...ready, codex: { ...ready.codex, status: 'expiring' } };
    const warning = { value: 'true', reason: 'login_expiring', actor: 'customer' };
    expect(conditionOf(facts, 'codex_linked')).toMatchObject(warning);
    expect(statusOf(facts)).toBe('ready');
  });

  it('says how the last login came to nothing, until another one is open or through', () => {
    const attempt = { attemptId: 'a1', ending: 'failed', code: 'codex_access_denied' } as const;
    const tried = (status: Facts['codex']['status'], ended: Facts['codex']['ended']) =>
      conditionOf({ ...ready, codex: { ...ready.codex, status, ended } }, 'codex_linked')?.attempt;
    expect(tried('none', attempt)).toEqual(attempt);
    expect(tried('ok', attempt)).toEqual(attempt);
    expect(tried('linking', attempt)).toBeUndefined();
    expect(tried('ok', { ...attempt, ending: 'linked', code: null })).toBeUndefined();
    expect(tried('none', { ...attempt, ending: 'replaced', code: null })).toBeUndefined();
  });

  it('asks for the login again when the model refuses it, until a turn works on it', () => {
    const atMs = smoke.startedAtMs + 1;
    const check = { ...noFacts.check, refused: { loginId: null, atMs } };
    const refused = { value: 'false', reason: 'login_refused', actor: 'customer' };
    expect(conditionOf({ ...ready, check }, 'codex_linked')).toMatchObject(refused);
    expect(statusOf({ ...ready, check })).toBe('auth_required');
    const later = { ...smoke, startedAtMs: atMs + 1 };
    const worked = { ...ready, check, smoke: { ...ready.smoke, report: later } };
    expect(statusOf(worked)).toBe('ready');
    const turn: SmokeReport = { ...smoke, code: 'auth', nonceMatched: false };
    const failed = { ...ready, smoke: { ...ready.smoke, report: turn } };
    expect(conditionOf(failed, 'codex_linked')).toMatchObject(refused);
    const other = { ...check, refused: { loginId: 'first', atMs } };
    expect(statusOf({ ...ready, check: other })).toBe('ready');
  });

  it('says degraded, not provisioning, of a runtime that was ready before', () => {
    const gone: Facts = { ...ready, agent: { ...ready.agent, error: 'agent_unreachable' } };
    expect(statusOf(gone, {}, true)).toBe('degraded');
    expect(statusOf(gone, {}, false)).toBe('provisioning');
  });

  it('asks for the login again when it has expired', () => {
    const expired: Facts = { ...ready, codex: { ...ready.codex, status: 'expired' } };
    const summary = summarise(desired, expired, before);
    expect(summary.status).toBe('auth_required');
    const condition = summary.conditions.find((entry) => entry.type === 'codex_linked');
    expect(condition).toMatchObject({ reason: 'login_expired', actor: 'customer' });
  });

  it('gives up in public only after all retries', () => {
    const failed: Facts = {
      ...noFacts,
      deployment: { ...noFacts.deployment, status: 'error' },
    };
    expect(statusOf(failed, { failures: 2 })).toBe('provisioning');
    expect(statusOf(failed, { failures: 8 })).toBe('failed');
  });

  it('keeps the time of a condition that did not change', () => {
    const first = summarise(desired, ready, before);
    const later = { ...before, conditions: first.conditions, now: new Date(now.getTime() + 1) };
    expect(summarise(desired, ready, later).conditions).toEqual(first.conditions);
  });
});
