/** Each figure of the tenant, measured on the real stack of `tests/tenant`. Milliseconds, bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { agentTestImage } from '#local/supervisor/tenant-images.ts';
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import { smokeMessage } from '#tenant/agent/smoke/outcome.ts';
import { eventually } from '#tests/support/http.ts';
import type { House } from '#tests/tenant/house.ts';
import { siteOrigin } from '#tests/tenant/house.ts';
import { dockerLine } from '#tests/tenant/machine.ts';
import {
  ask,
  askAgent,
  containerOf,
  decide,
  deploy,
  networkFor,
  smoke,
} from '#tests/tenant/tenant.ts';
import { stateWhen, userId, valueOf } from '#tests/tenant/tenant.ts';
import type { Tenant } from '#tests/tenant/tenant.ts';

const nonce = 'Nonce0123456789abcdef';
const scriptOf = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
const scripts = { direct: scriptOf('direct.mjs'), pageLoad: scriptOf('page-load.mjs') };
const bootWithinMs = 240_000;

/** From `up` on empty volumes; `gatewayMs`: until the gateway itself calls itself ready. */
export interface Boot {
  readonly tenant: Tenant;
  readonly gatewayMs: number;
  readonly authRequiredMs: number;
}

/** The gateway's own probe answers everybody; the server reaches it over the bridge. */
const isGatewayReady = (address: string): Promise<boolean> =>
  fetch(`http://${address}:18789/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );

export const boot = async (house: House, title: string): Promise<Boot> => {
  const started = Promise.withResolvers<number>();
  const before = (): Promise<void> => {
    started.resolve(performance.now());
    return Promise.resolve();
  };
  const deploying = deploy(house, { name: 'acme', title, before });
  const startedMs = await started.promise;
  const gateway = eventually(
    () => isGatewayReady(networkFor('acme').openclaw),
    Boolean,
    bootWithinMs,
  ).then(() => performance.now() - startedMs);
  const tenant = await deploying;
  const gatewayMs = await gateway;
  await stateWhen(house, tenant, {
    until: ({ gateway: seen, codex }) => seen.status === 'ready' && codex.status === 'none',
    withinMs: bootWithinMs,
  });
  return { tenant, gatewayMs, authRequiredMs: performance.now() - startedMs };
};

/** With its volumes, so that the next boot is a first one. */
export const drop = async (house: House, { composeId }: Tenant): Promise<void> => {
  valueOf(await house.deployer.stop(composeId));
  valueOf(await house.deployer.remove(composeId, { volumes: true }));
};

export interface Login {
  readonly urlMs: number;
  /** From the paste to `linked`. */
  readonly pasteMs: number;
}

export const logInTimed = async (house: House, tenant: Tenant): Promise<Login> => {
  const startedMs = performance.now();
  const { attemptId, authorizeUrl } = valueOf(await house.agent.startCodex(tenant));
  const urlMs = performance.now() - startedMs;
  const callbackUrl = await decide(authorizeUrl, 'continue');
  const call = { scope: 'codex:callback', body: { callbackUrl }, attempt: attemptId } as const;
  const pastedMs = performance.now();
  const { status } = await askAgent(house, tenant, call);
  if (status !== 200) throw new Error(`the login ended with ${status}`);
  return { urlMs, pasteMs: performance.now() - pastedMs };
};

/** The call that starts it, and by the agent's clock from there to the report. */
export const smokeThroughAgent = async (
  house: House,
  tenant: Tenant,
  smokeId: string,
): Promise<number> => {
  const startedMs = performance.now();
  const first = valueOf(await house.agent.startSmoke(tenant, { smokeId, nonce }));
  const askedMs = performance.now() - startedMs;
  const report = await smoke(house, tenant, { smokeId, nonce });
  if (report.code !== 'passed') throw new Error(`the smoke ended with ${report.code}`);
  return askedMs + (report.finishedAtMs ?? Number.NaN) - first.startedAtMs;
};

const agentHeaders = ({ host }: Tenant): Readonly<Record<string, string>> => ({
  'x-tenant-user': 'tenant-agent',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': host,
});

const runInAgent = (
  house: House,
  tenant: Tenant,
  script: readonly [string, ...string[]],
): Promise<string> => {
  const [source, ...args] = script;
  const program = ['node', '--input-type=module', '-e', source, ...args];
  return dockerLine(house, ['exec', containerOf(tenant, 'agent'), ...program]);
};

export const smokeDirect = async (house: House, tenant: Tenant): Promise<number> => {
  const url = `ws://${tenant.network.openclaw}:18789/ui`;
  const args = [url, JSON.stringify(agentHeaders(tenant)), smokeMessage(nonce)] as const;
  return Number(await runInAgent(house, tenant, [scripts.direct, ...args]));
};

export interface PageLoads {
  readonly direct: readonly number[];
  readonly throughAgent: readonly number[];
}

/** A session of the owner, as its cookie. */
const sessionCookie = async (house: House, tenant: Tenant): Promise<string> => {
  const ticket = { runtimeId: tenant.runtimeId, subject: userId, scope: 'enter' } as const;
  const { token } = await house.tickets.mint({ ...ticket, lifeSeconds: 60 });
  const { headers } = await ask(tenant, `${agentBasePath}${agentRoutes.enter}`, {
    method: 'POST',
    headers: { origin: siteOrigin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ticket: token }).toString(),
  });
  const cookie = headers['set-cookie']?.[0]?.split(';')[0];
  if (cookie === undefined) throw new Error('entering gave no session');
  return cookie;
};

export const pageLoads = async (
  house: House,
  tenant: Tenant,
  rounds: number,
): Promise<PageLoads> => {
  const { host } = tenant;
  const own = { host, cookie: await sessionCookie(house, tenant), 'sec-fetch-site': 'same-origin' };
  const asAgent = { ...agentHeaders(tenant), host };
  const sides = [
    { host: tenant.network.openclaw, port: 18_789, headers: asAgent },
    { host: '127.0.0.1', port: 8_080, headers: own },
  ];
  const args = [String(rounds), ...sides.map((side) => JSON.stringify(side))];
  const printed = await runInAgent(house, tenant, [scripts.pageLoad, ...args]);
  const [direct = [], throughAgent = []] = z.array(z.array(z.number())).parse(JSON.parse(printed));
  return { direct, throughAgent };
};

const units: Readonly<Record<string, number>> = { KiB: 1 / 1_024, MiB: 1, GiB: 1_024 };

/** What counts against the container's limit, MiB, as `docker stats` says it. */
export const memoryMiB = async (
  house: House,
  tenant: Tenant,
  service: 'agent' | 'openclaw',
): Promise<number> => {
  const name = containerOf(tenant, service);
  const line = await dockerLine(house, ['stats', '--no-stream', '--format', '{{.MemUsage}}', name]);
  const match = /^([\d.]+)([KMG]iB)/.exec(line);
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined) throw new Error(`docker stats said "${line}"`);
  return Number(match[1]) * unit;
};

export const agentImageBytes = async (house: House): Promise<number> =>
  Number(await dockerLine(house, ['image', 'inspect', '--format', '{{.Size}}', agentTestImage]));
