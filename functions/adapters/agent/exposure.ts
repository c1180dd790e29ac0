/**
 * Tries, as a stranger on the runtime's public address, what must not work. A check passes only on
 * the agent's own refusal: a page that looks healthy or somebody else's 404 fails it. What cannot be
 * tried where this runtime stands is skipped, with the reason. No answer at all to the first question
 * shows nothing either way, and is no report.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { connect, isIP } from 'node:net';
import { agentBasePath, agentRoutes, browserScopes } from '#schemas/contract/agent.ts';
import { agentScopes, exposureChecks, navigatedScopes } from '#schemas/contract/agent.ts';
import type { AgentErrorCode, AgentScope, ExposureReport } from '#schemas/contract/agent.ts';
import type { ExposureCheck } from '#schemas/contract/agent.ts';
import type { AgentOutcome, RuntimeAddress, Tickets } from '#ports/runtime.ts';
import { exchange, refusalOf } from './wire.ts';
import type { AgentSettings, Exchange, RawAnswer } from './wire.ts';

/** OpenClaw's own port; nothing of ours publishes it. */
const gatewayPort = 18_789;
const callTimeoutMs = 5_000;
const portTimeoutMs = 3_000;
const foreignOrigin = 'https://stranger.example';
const uiPath = '/ui';

/** What a gateway answers on its own port, and some of it with full rights. */
const adminPaths: readonly (readonly ['GET' | 'POST', string])[] = [
  ['POST', '/api/v1/admin/rpc'],
  ['POST', '/tools/invoke'],
  ['GET', '/v1/models'],
  ['POST', '/v1/responses'],
  ['POST', '/hooks/x'],
  ['GET', '/sessions/x/history'],
  ['GET', '/__openclaw__/canvas'],
];

/** The reason is '' where it passed. */
type Finding = { readonly result: 'pass' | 'fail' | 'skipped'; readonly reason: string };
const pass: Finding = { result: 'pass', reason: '' };
const failure = (reason: string): Finding => ({ result: 'fail', reason });
const skipped = (reason: string): Finding => ({ result: 'skipped', reason });

type Ask = (
  call: Omit<Exchange, 'url' | 'timeoutMs'> & { readonly path: string },
) => Promise<RawAnswer>;

interface Stranger {
  readonly settings: AgentSettings;
  readonly at: RuntimeAddress;
  readonly tickets: Tickets;
  readonly ask: Ask;
}

/** Refused by the agent itself, with one of these words, and without anything of the gateway's. */
const refusedWith = (answer: RawAnswer, codes: readonly AgentErrorCode[]): boolean => {
  const code = refusalOf(answer);
  return answer.status >= 400 && code !== null && codes.includes(code);
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

/** Refused or unanswered is closed; so is a name that leads nowhere. */
const isOpenPort = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(portTimeoutMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });

const portClosed = async ({ settings, at }: Stranger): Promise<Finding> => {
  const host = settings.address ?? new URL(`${settings.scheme}://${at.host}`).hostname;
  if (isLoopback(host)) return skipped('same_machine');
  return (await isOpenPort(host, gatewayPort)) ? failure('port_open') : pass;
};

const closedUi: readonly AgentErrorCode[] = ['session_missing', 'not_found'];

const uiNeedsSession = async ({ ask }: Stranger): Promise<Finding> => {
  const answer = await ask({ method: 'GET', path: `${uiPath}/` });
  return refusedWith(answer, closedUi) ? pass : failure('answered_without_session');
};

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'c3RyYW5nZXItc3RyYW5nZXI=',
};

const isCut = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

/** Null: cut off without a byte, as an agent without a Control UI does. */
const tryUpgrade = ({ ask }: Stranger, origin: string): Promise<RawAnswer | null> =>
  ask({ method: 'GET', path: uiPath, headers: { ...upgrade, origin } }).catch((error: unknown) => {
    if (isCut(error)) return null;
    throw error;
  });

const socketRefused = (answer: RawAnswer | null): boolean =>
  answer === null || refusedWith(answer, [...closedUi, 'origin_refused']);

const socketNeedsSession = async (stranger: Stranger): Promise<Finding> => {
  const { settings, at } = stranger;
  const answer = await tryUpgrade(stranger, `${settings.scheme}://${at.host}`);
  return socketRefused(answer) ? pass : failure('upgraded_without_session');
};

const routeOf = (scope: AgentScope): string => `${agentBasePath}${agentRoutes[scope]}`;

/** Routes that a page of our own site may call; a page of another site may not. */
const navigated: ReadonlySet<AgentScope> = new Set(navigatedScopes);
const corsScopes: readonly AgentScope[] = browserScopes.filter((scope) => !navigated.has(scope));

const foreignRefused = async (stranger: Stranger): Promise<Finding> => {
  if (!socketRefused(await tryUpgrade(stranger, foreignOrigin))) return failure('foreign_upgrade');
  for (const scope of corsScopes) {
    for (const method of ['OPTIONS', 'POST'] as const) {
      const headers = { origin: foreignOrigin, 'access-control-request-method': 'POST' };
      const answer = await stranger.ask({ method, path: routeOf(scope), headers });
      const isTold = answer.headers['access-control-allow-origin'] !== undefined;
      if (isTold || !refusedWith(answer, ['origin_refused', 'not_found'])) {
        return failure('foreign_call');
      }
    }
  }
  return pass;
};

const adminClosed = async ({ ask }: Stranger): Promise<Finding> => {
  for (const [method, path] of adminPaths) {
    const body = method === 'POST' ? { body: '{}', headers: json } : {};
    const answer = await ask({ method, path, ...body });
    if (answer.status !== 404 || refusalOf(answer) !== 'not_found') {
      return failure('path_answered');
    }
  }
  return pass;
};

const json = { 'content-type': 'application/json' };

/** Ours in every word but the signature, which is by a key of a stranger's own. */
const forge = async (tickets: Tickets, at: RuntimeAddress, scope: AgentScope): Promise<string> => {
  const subject = 'control-plane';
  const { runtimeId } = at;
  const { token } = await tickets.mint({ runtimeId, subject, scope, lifeSeconds: 60 });
  const signed = token.slice(0, token.lastIndexOf('.'));
  const { privateKey } = generateKeyPairSync('ed25519');
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
};

const controlScopes = agentScopes.filter(
  (scope) => !browserScopes.some((browser) => browser === scope),
);

const ticketNeeded = async ({ ask, at, tickets }: Stranger): Promise<Finding> => {
  for (const scope of controlScopes) {
    const call = { method: 'POST', path: routeOf(scope), body: '{}' } as const;
    const bare = await ask({ ...call, headers: json });
    if (bare.status !== 401 || refusalOf(bare) !== 'ticket_missing') {
      return failure('answered_without_ticket');
    }
    const authorization = `Bearer ${await forge(tickets, at, scope)}`;
    const forged = await ask({ ...call, headers: { ...json, authorization } });
    if (forged.status !== 401 || refusalOf(forged) !== 'ticket_invalid') {
      return failure('took_forged_ticket');
    }
  }
  return pass;
};

const checks: Readonly<Record<ExposureCheck, (stranger: Stranger) => Promise<Finding>>> = {
  gateway_port_closed: portClosed,
  ui_needs_session: uiNeedsSession,
  socket_needs_session: socketNeedsSession,
  foreign_origin_refused: foreignRefused,
  admin_paths_closed: adminClosed,
  ticket_needed: ticketNeeded,
};

const askerOf = (settings: AgentSettings, at: RuntimeAddress): Ask => {
  const base = `${settings.scheme}://${at.host}`;
  return ({ path, ...call }) =>
    exchange(settings, { ...call, url: new URL(path, base), timeoutMs: callTimeoutMs });
};

/** All at once, each within itself one after the other: some thirty small calls. */
export const tryExposure = async (
  settings: AgentSettings,
  tickets: Tickets,
  at: RuntimeAddress,
): Promise<AgentOutcome<ExposureReport>> => {
  const stranger: Stranger = { settings, at, tickets, ask: askerOf(settings, at) };
  try {
    const findings = await Promise.all(
      exposureChecks.map(async (check) => ({ check, ...(await checks[check](stranger)) })),
    );
    return { kind: 'ok', value: { atMs: Date.now(), checks: findings } };
  } catch {
    return { kind: 'unreachable' };
  }
};
