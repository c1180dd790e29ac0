/**
 * The rungs the agent can climb. Guarantees: each is really tried against the gateway, has its own
 * reason and ten seconds, all at the same time, and one that breaks does not hide the others. An answer that merely
 * looks healthy (200 with a page, a refusal for another reason) fails.
 */
import type { VerifyAnswer, VerifyRung } from '#schemas/contract/agent.ts';
import { authStatus, configSnapshot, readyz } from '#schemas/wire/openclaw.ts';
import type { AgentConfig } from '../config.ts';
import { DeadlineError, within } from '../deadline.ts';
import { GatewayConnection } from '../openclaw/connection.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import type { HeaderMap } from '../openclaw/identity.ts';
import { identityHeaders, proxyHeaders } from '../openclaw/identity.ts';
import { codexFactOf } from '../state/codex.ts';
import { driftReason } from './drift.ts';
import { isAtLeast } from './version.ts';

const rungTimeoutMs = 10_000;
const maxReadyzBytes = 16 * 1024;
/** `.invalid` can never be a real origin. */
const foreignOrigin = 'https://foreign-origin.invalid';

type Rung = VerifyAnswer['rungs'][number];
type Verdict = Pick<Rung, 'result' | 'reason'>;

const passed: Verdict = { result: 'pass', reason: '' };
const failedFor = (reason: string): Verdict => ({ result: 'fail', reason });

export interface LadderOptions {
  readonly config: AgentConfig;
  readonly gateway: Gateway;
  readonly now: () => number;
}

export async function climb(
  { config, gateway, now }: LadderOptions,
  versionFloor: string,
): Promise<VerifyAnswer> {
  const version = within(openclawVersion(gateway), rungTimeoutMs, 'version').catch(() => null);
  const climbs: readonly (readonly [VerifyRung, () => Promise<Verdict>])[] = [
    ['ready_json', async () => readyJson(config)],
    ['websocket_handshake', async () => handshake(gateway)],
    ['version_floor', async () => aboveFloor(await version, versionFloor)],
    ['tokenless_refused', async () => tokenlessRefused(config)],
    ['foreign_origin_refused', async () => foreignOriginRefused(config)],
    ['security_audit', async () => configUndrifted(config, gateway)],
    ['model_auth', async () => modelAuth(gateway)],
  ];
  const rungs = await Promise.all(
    climbs.map(async ([rung, attempt]) => ({ rung, ...(await judged(attempt)) })),
  );
  return { atMs: now(), openclawVersion: await version, rungs };
}

async function judged(attempt: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await within(attempt(), rungTimeoutMs, 'rung');
  } catch (error) {
    if (error instanceof GatewayTransportError) return failedFor(`gateway_${error.reason}`);
    if (error instanceof GatewayRefusal) {
      return failedFor(error.isStarting ? 'gateway_starting' : 'gateway_refused');
    }
    return failedFor(error instanceof DeadlineError ? 'gateway_timeout' : 'not_tried');
  }
}

async function openclawVersion(gateway: Gateway): Promise<string | null> {
  const opened = await gateway.shared().catch(() => null);
  return opened?.hello.server.version ?? null;
}

async function readyJson(config: AgentConfig): Promise<Verdict> {
  const url = `${config.gatewayUrl.replace(/^ws:/, 'http:')}/readyz`;
  let answer: { status: number; type: string; text: string };
  try {
    const response = await fetch(url, {
      headers: { ...proxyHeaders(config) },
      redirect: 'manual',
      signal: AbortSignal.timeout(rungTimeoutMs),
    });
    const text = await boundedText(response);
    if (text === null) return failedFor('not_json');
    answer = { status: response.status, type: response.headers.get('content-type') ?? '', text };
  } catch {
    return failedFor('gateway_unreachable');
  }
  if (!/^application\/json/.test(answer.type)) return failedFor('not_json');
  const parsed = readyz.safeParse(parseJson(answer.text));
  if (!parsed.success) return failedFor('not_json');
  return answer.status === 200 && parsed.data.ready ? passed : failedFor('not_ready');
}

/** Null when it is longer than any honest answer; the gateway may be anything, and may never end. */
async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxReadyzBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function handshake(gateway: Gateway): Promise<Verdict> {
  const { connection, hello } = await gateway.openOwn();
  connection.close();
  return hello.auth.scopes.includes('operator.admin') ? passed : failedFor('scopes_missing');
}

async function aboveFloor(version: string | null, floor: string): Promise<Verdict> {
  if (version === null) return failedFor('version_unknown');
  const above = isAtLeast(version, floor);
  if (above === null) return failedFor('version_unreadable');
  return above ? passed : failedFor('version_below_floor');
}

/** A caller from outside that says who it is to nobody: it must not even get a bare session. */
async function tokenlessRefused(config: AgentConfig): Promise<Verdict> {
  const refusal = await refusalFor(config, proxyHeaders(config));
  if (refusal === null) return failedFor('tokenless_accepted');
  const known = /^(AUTH_|DEVICE_|PAIRING_|TRUSTED_PROXY_)/i.test(refusal.detail);
  return known || refusal.code === 'NOT_PAIRED' ? passed : failedFor('refused_for_other_reason');
}

/** The agent's own identity, but from a page of somebody else: only the Origin is wrong. */
async function foreignOriginRefused(config: AgentConfig): Promise<Verdict> {
  const headers = { ...identityHeaders(config), origin: foreignOrigin };
  const refusal = await refusalFor(config, headers);
  if (refusal === null) return failedFor('foreign_origin_accepted');
  const named = refusal.detail === 'CONTROL_UI_ORIGIN_NOT_ALLOWED';
  return named ? passed : failedFor('refused_for_other_reason');
}

/** Null when the gateway let the caller in. */
async function refusalFor(config: AgentConfig, headers: HeaderMap): Promise<GatewayRefusal | null> {
  try {
    const { connection } = await GatewayConnection.open(config.gatewayUrl, headers, rungTimeoutMs);
    connection.close();
    return null;
  } catch (error) {
    if (error instanceof GatewayRefusal && !error.isStarting) return error;
    throw error;
  }
}

async function configUndrifted(config: AgentConfig, gateway: Gateway): Promise<Verdict> {
  const options = { timeoutMs: rungTimeoutMs };
  const snapshot = await gateway.call('config.get', {}, configSnapshot, options);
  const reason = driftReason(config, snapshot);
  return reason === '' ? passed : failedFor(reason);
}

async function modelAuth(gateway: Gateway): Promise<Verdict> {
  const options = { timeoutMs: rungTimeoutMs };
  const { status } = codexFactOf(await gateway.call('models.authStatus', {}, authStatus, options));
  if (status === 'none') return { result: 'pending', reason: 'no_login' };
  if (status === 'expired') return failedFor('login_expired');
  return status === 'unknown' ? failedFor('login_unknown') : passed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
