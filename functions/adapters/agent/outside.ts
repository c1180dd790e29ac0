/**
 * The rungs of the ladder that can only be climbed from outside: the name, its certificate, a
 * stranger's call, and how far the tenant's clock is from ours. They stand in this order, and the
 * first that fails is the last: what stands on it would only repeat it.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { agentBasePath, agentRoutes, clockToleranceSeconds } from '#schemas/contract/agent.ts';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import type { AgentOutcome, OutsideView, Rung, RuntimeAddress } from '#ports/runtime.ts';
import { exchange, refusalOf } from './wire.ts';
import type { AgentSettings } from './wire.ts';

const callTimeoutMs = 8_000;
const httpsPort = 443;

type Named = Rung['rung'];
const pass = (rung: Named): Rung => ({ rung, result: 'pass', reason: '' });
const fail = (rung: Named, reason: string): Rung => ({ rung, result: 'fail', reason });
const skip = (rung: Named, reason: string): Rung => ({ rung, result: 'skipped', reason });

const urlOf = ({ scheme }: AgentSettings, { host }: RuntimeAddress): URL =>
  new URL(`${scheme}://${host}`);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Throws where the resolver itself could not be asked. */
const nameRung = async (settings: AgentSettings, at: RuntimeAddress): Promise<Rung> => {
  if (settings.address !== undefined) return skip('dns', 'fixed_address');
  const { hostname } = urlOf(settings, at);
  if (isIP(hostname) !== 0) return skip('dns', 'no_name');
  try {
    await lookup(hostname);
    return pass('dns');
  } catch (error) {
    if (['ENOTFOUND', 'ENODATA'].includes(codeOf(error))) return fail('dns', 'name_unknown');
    throw error;
  }
};

const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_wrong_host',
};

/** The reason for which a browser would refuse it; '' = it would not. Throws without a handshake. */
const certificateReason = (settings: AgentSettings, url: URL): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: settings.address ?? url.hostname,
      port: url.port === '' ? httpsPort : Number(url.port),
      // An address is no name to ask for, and a certificate's names are checked all the same.
      ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
      ...(settings.authority === undefined ? {} : { ca: settings.authority }),
      rejectUnauthorized: false,
    });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(callTimeoutMs, () => end(() => reject(new Error('timeout'))));
    socket.once('error', (error: Error) => end(() => reject(error)));
    socket.once('secureConnect', () => {
      // Typed as an error, and in truth the code of one.
      const error: unknown = socket.authorizationError;
      const code = typeof error === 'string' ? error : codeOf(error);
      const reason = certificateReasons[code] ?? 'certificate_untrusted';
      end(() => resolve(socket.authorized ? '' : reason));
    });
  });

const certificateRung = async (settings: AgentSettings, at: RuntimeAddress): Promise<Rung> => {
  if (settings.scheme === 'http') return skip('tls', 'plain_http');
  const reason = await certificateReason(settings, urlOf(settings, at));
  return reason === '' ? pass('tls') : fail('tls', reason);
};

const strangerRung = async (settings: AgentSettings, at: RuntimeAddress): Promise<Rung> => {
  const url = new URL(`${agentBasePath}${agentRoutes.state}`, urlOf(settings, at));
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', url, body: '{}', headers, timeoutMs: callTimeoutMs } as const;
  const answer = await exchange(settings, call);
  const isRefused = answer.status === 401 && refusalOf(answer) === 'ticket_missing';
  return isRefused ? pass('stranger_refused') : fail('stranger_refused', 'answered_without_ticket');
};

/** A stranger's call, as above: only an agent of ours refuses it in its own words. */
export const whoAnswers = async (
  settings: AgentSettings,
  at: RuntimeAddress,
): Promise<'agent' | 'other' | 'nobody'> => {
  const url = new URL(`${agentBasePath}${agentRoutes.state}`, urlOf(settings, at));
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', url, body: '{}', headers, timeoutMs: callTimeoutMs } as const;
  try {
    const answer = await exchange(settings, { ...call, anyCertificate: true });
    return refusalOf(answer) === null ? 'other' : 'agent';
  } catch {
    return 'nobody';
  }
};

type AskState = (at: RuntimeAddress) => Promise<AgentOutcome<StateAnswer>>;

/** The middle of the call is the best guess at when the tenant looked at its clock. */
const skewOf = async (state: AskState, at: RuntimeAddress): Promise<AgentOutcome<number>> => {
  const askedMs = Date.now();
  const outcome = await state(at);
  if (outcome.kind !== 'ok') return outcome;
  return { kind: 'ok', value: outcome.value.clockMs - (askedMs + Date.now()) / 2 };
};

const clockRung = (skewMs: number): Rung =>
  Math.abs(skewMs) > clockToleranceSeconds * 1_000 ? fail('clock', 'clock_skewed') : pass('clock');

export const lookFromOutside = async (
  settings: AgentSettings,
  state: AskState,
  at: RuntimeAddress,
): Promise<AgentOutcome<OutsideView>> => {
  const rungs: Rung[] = [];
  try {
    for (const climb of [nameRung, certificateRung, strangerRung]) {
      const rung = await climb(settings, at);
      rungs.push(rung);
      if (rung.result === 'fail') return { kind: 'ok', value: { rungs, skewMs: null } };
    }
  } catch {
    return { kind: 'unreachable' };
  }
  const skew = await skewOf(state, at);
  if (skew.kind !== 'ok') return skew;
  return { kind: 'ok', value: { rungs: [...rungs, clockRung(skew.value)], skewMs: skew.value } };
};
