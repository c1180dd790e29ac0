/** The tenant's agent, reachable only where a deployment of its runtime really runs. */
import type { AgentOutcome, RuntimeAddress, TenantAgent } from '#ports/runtime.ts';
import { noOffsite } from '#schemas/contract/agent-offsite.ts';
import { exposureChecks } from '#schemas/contract/agent.ts';
import type { CodexStartAnswer, StateAnswer } from '#schemas/contract/agent.ts';
import type { Execution } from './execution.ts';
import type { Deployment, Machines, Tenant } from './machines.ts';
import { versionIn } from './release.ts';
import type { Volumes } from './volumes.ts';
import type { World } from './world.ts';

const loginLifeMs = 90_000;
const unreachable = { kind: 'unreachable' } as const;
const suspended = { kind: 'refused', code: 'runtime_suspended' } as const;

const gibibyte = 1024 ** 3;

/** Up and down with every look, now and then over the edge of a band. */
const usageOf = ({ random, nowMs }: World, isReady: boolean): StateAnswer['usage'] =>
  isReady
    ? {
        atMs: nowMs,
        memoryBytes: random.int(700, 2_000) * 1024 ** 2,
        diskTotalBytes: 100 * gibibyte,
        diskAvailableBytes: random.int(1, 60) * gibibyte,
        stateBytes: null,
        stateAtMs: null,
      }
    : null;

const stateOf = (
  { world, volumes }: { readonly world: World; readonly volumes: Volumes },
  tenant: Tenant,
  runtime: { readonly id: string; readonly isReady: boolean; readonly version: string },
): StateAnswer => ({
  runtimeId: runtime.id,
  agentVersion: '1',
  mode: 'run',
  clockMs: world.nowMs,
  gateway: {
    status: runtime.isReady ? 'ready' : 'starting',
    version: runtime.isReady ? runtime.version : null,
  },
  codex: {
    status: runtime.isReady ? tenant.codex : 'unknown',
    attemptId: tenant.attemptId,
    attemptExpiresAtMs: null,
    loginExpiresAtMs: null,
    loginId: tenant.loginId,
    ended: null,
  },
  smoke: tenant.smoke,
  check: tenant.check,
  backup: { last: tenant.backup, kept: [...tenant.kept] },
  restore: volumes.lastRestore(tenant),
  export: null,
  offsite: noOffsite,
  sessions: [...tenant.sessions],
  usage: usageOf(world, runtime.isReady),
});

/** A login nobody finishes ends by itself (sooner than in truth: waiting shows nothing new). */
const openLogin = (world: World, tenant: Tenant): CodexStartAnswer => {
  const attemptId = world.random.hex(12);
  tenant.codex = 'linking';
  tenant.attemptId = attemptId;
  world.scheduler.after(loginLifeMs, () => {
    if (tenant.attemptId !== attemptId || tenant.codex !== 'linking') return;
    tenant.codex = 'none';
    tenant.loginId = null;
  });
  const authorizeUrl = 'https://auth.example/authorize';
  return { attemptId, authorizeUrl, expiresAtMs: world.nowMs + loginLifeMs };
};

/** A call of this execution's; the agent may stay silent before or after its effect. */
type Ask = <T>(
  at: RuntimeAddress,
  answer: (running: Deployment) => AgentOutcome<T>,
  /** Answered without a gateway, too. */
  what?: 'state',
) => Promise<AgentOutcome<T>>;

const askerOf = (execution: Execution, machines: Machines): Ask => {
  const { world } = execution;
  const { random } = world;
  return (at, answer, what) => {
    const silent = random.chance(world.weather.agentSilent);
    const happens = random.chance(0.5);
    return execution.call(random.int(10, 150), () => {
      const running = machines.running(at.runtimeId);
      if (running === null) return unreachable;
      if (!running.hasGateway && what !== 'state') return suspended;
      if (!silent) return answer(running);
      if (happens) answer(running);
      return unreachable;
    });
  };
};

type Guarding = Pick<
  TenantAgent,
  'startCheck' | 'startBackup' | 'restore' | 'limitAccess' | 'exposure' | 'outside'
>;

const guarding = (world: World, machines: Machines, ask: Ask): Guarding => ({
  startCheck: (at, checkId) =>
    ask(at, (running) => {
      if (world.nowMs < running.readyMs) return { kind: 'refused', code: 'gateway_starting' };
      return { kind: 'ok', value: machines.startCheck(at.runtimeId, checkId) };
    }),
  startBackup: (at, backupId) =>
    ask(at, () => ({ kind: 'ok', value: machines.volumes.startBackup(at.runtimeId, backupId) })),
  restore: (at, request) =>
    ask(at, () => ({ kind: 'ok', value: machines.volumes.restore(at.runtimeId, request) })),
  limitAccess: (at, allow) =>
    ask(at, () => {
      const { sessions } = machines.tenant(at.runtimeId);
      const before = sessions.size;
      // Before it is stopped everybody goes, its owner too.
      if (allow.length === 0) machines.visited.delete(at.runtimeId);
      for (const userId of [...sessions]) if (!allow.includes(userId)) sessions.delete(userId);
      return { kind: 'ok', value: before - sessions.size };
    }),
  exposure: (at) =>
    ask(at, (running) => {
      const isOpen = world.nowMs < running.exposedUntilMs;
      if (!isOpen) machines.tenant(at.runtimeId).closedUnder = machines.lastOwn(at.runtimeId);
      const [result, reason] = isOpen ? (['fail', 'port_open'] as const) : (['pass', ''] as const);
      const checks = exposureChecks.map((check) => ({ check, result, reason }));
      return { kind: 'ok', value: { atMs: world.functionNowMs, checks } };
    }),
  outside: (at) => ask(at, () => ({ kind: 'ok', value: { rungs: [], skewMs: 0 } })),
});

export const simAgent = (execution: Execution, machines: Machines): TenantAgent => {
  const { world } = execution;
  const { random } = world;
  const ask = askerOf(execution, machines);
  return {
    state: (at) =>
      ask(
        at,
        (running) => {
          machines.endSmoke(at.runtimeId);
          const isReady = running.hasGateway && world.nowMs >= running.readyMs;
          const version = versionIn(running.image);
          const runtime = { id: at.runtimeId, isReady, version };
          const tenant = machines.tenant(at.runtimeId);
          return {
            kind: 'ok',
            value: stateOf({ world, volumes: machines.volumes }, tenant, runtime),
          };
        },
        'state',
      ),
    verify: (at) =>
      ask(at, ({ image }) => {
        const version = versionIn(image);
        const { isSpoilt } = machines.tenant(at.runtimeId);
        const isBroken = isSpoilt || version === machines.brokenVersion;
        const fails = isBroken || random.chance(world.weather.rungFails);
        const result = fails ? ('fail' as const) : ('pass' as const);
        const rung = { rung: 'ready_json' as const, result, reason: fails ? 'not_json' : '' };
        const value = { atMs: world.nowMs, openclawVersion: version, rungs: [rung] };
        return { kind: 'ok', value };
      }),
    startCodex: (at) =>
      ask(at, (running) => {
        if (world.nowMs < running.readyMs) return { kind: 'refused', code: 'gateway_starting' };
        const tenant = machines.tenant(at.runtimeId);
        if (tenant.codex === 'linking') return { kind: 'refused', code: 'codex_busy' };
        return { kind: 'ok', value: openLogin(world, tenant) };
      }),
    startSmoke: (at, { smokeId }) =>
      ask(at, (running) => {
        if (world.nowMs < running.readyMs) return { kind: 'refused', code: 'gateway_starting' };
        const report = machines.startSmoke(at.runtimeId, smokeId);
        if (report === 'busy') return { kind: 'refused', code: 'smoke_busy' };
        return { kind: 'ok', value: report };
      }),
    whoAnswers: (at) =>
      execution.call(random.int(5, 100), () =>
        machines.running(at.runtimeId) === null ? 'nobody' : 'agent',
      ),
    ...guarding(world, machines, ask),
  };
};
