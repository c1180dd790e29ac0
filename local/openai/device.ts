/**
 * Device codes: the client asks for a short code, the person types it on `/codex/device`, the
 * client polls until then. Guarantees: a code lives 15 minutes and is exchanged once; unanswered
 * and denied requests answer 403, which is how the vendor says "not yet".
 */
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import {
  CODEX_CLIENT_ID,
  CODEX_DEVICE_CALLBACK,
  codexDeviceCodeRequest,
  codexDeviceTokenRequest,
} from '#schemas/wire/codex.ts';
import { ACCOUNTS, findAccount } from './accounts.ts';
import { CODE_LIFE_MS } from './authorize.ts';
import type { Answer } from './http.ts';
import { json, page, parseJson } from './http.ts';
import { devicePage, donePage } from './pages.ts';
import { refusal, refuseFor } from './refusals.ts';
import type { DeviceRequest } from './store.ts';
import { newSecret } from './tokens.ts';
import type { Exchange, World } from './world.ts';

export const DEVICE_LIFE_MS = 15 * 60 * 1000;
/** Without letters and digits that look alike on a phone. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';

export function newUserCode(): string {
  const pick = (): string => ALPHABET.charAt(randomInt(ALPHABET.length));
  const group = (): string => Array.from({ length: 4 }, pick).join('');
  return `${group()}-${group()}`;
}

export function startDevice({ world, body }: Exchange): Answer {
  const form = codexDeviceCodeRequest.safeParse(parseJson(body));
  if (!form.success || form.data.client_id !== CODEX_CLIENT_ID) {
    return refusal(400, 'invalid_request', 'The client is not known.');
  }
  const { deviceStatus, refusalReason } = world.knobs;
  if (deviceStatus !== 0) return refuseFor(deviceStatus, refusalReason);
  // The vendor answers 404 where device codes are switched off; clients test for it.
  if (world.knobs.deviceCodeOff) return json(404, { error: 'not_found' });
  const device: DeviceRequest = {
    id: `da_${randomUUID()}`,
    userCode: newUserCode(),
    clientId: form.data.client_id,
    expiresAtMs: world.now() + DEVICE_LIFE_MS,
    decision: 'waiting',
  };
  world.store.addDevice(device);
  return json(200, {
    device_auth_id: device.id,
    user_code: device.userCode,
    interval: String(world.knobs.deviceIntervalSeconds),
    expires_at: new Date(device.expiresAtMs).toISOString(),
  });
}

export function pollDevice({ world, body }: Exchange): Answer {
  const form = codexDeviceTokenRequest.safeParse(parseJson(body));
  if (!form.success) return refusal(400, 'invalid_request', 'The request is not complete.');
  const { devicePollStatus, refusalReason } = world.knobs;
  if (devicePollStatus !== 0) return refuseFor(devicePollStatus, refusalReason);
  const device = world.store.devices.get(form.data.device_auth_id);
  const alive = device !== undefined && device.expiresAtMs > world.now();
  if (!alive || device.userCode !== form.data.user_code) return json(404, { error: 'not_found' });
  if (typeof device.decision === 'string') return json(403, { error: 'authorization_pending' });
  world.store.devices.delete(device.id);
  return json(200, {
    authorization_code: device.decision.code,
    code_challenge: challengeOf(device.decision.codeVerifier),
    code_verifier: device.decision.codeVerifier,
  });
}

export function showDevice({ url }: Exchange): Answer {
  return page(200, devicePage(ACCOUNTS, url.searchParams.get('user_code') ?? ''));
}

export function decideDevice({ world, body }: Exchange): Answer {
  const form = new URLSearchParams(body);
  const userCode = (form.get('user_code') ?? '').trim().toUpperCase();
  const device = world.store.findDeviceByUserCode(userCode, world.now());
  const account = findAccount(form.get('account') ?? 'demo');
  if (device?.decision !== 'waiting' || account === undefined) {
    return page(400, devicePage(ACCOUNTS, userCode, true));
  }
  if (form.get('decision') === 'deny') {
    device.decision = 'denied';
    return page(200, donePage(false));
  }
  device.decision = grantFor(world, account.key);
  return page(200, donePage(true));
}

/** The issuer keeps both halves of PKCE here and hands the verifier to the polling client. */
function grantFor(world: World, accountKey: string): { code: string; codeVerifier: string } {
  const code = newSecret('ac');
  const codeVerifier = randomBytes(48).toString('base64url');
  world.store.note(codeVerifier);
  world.store.addGrant(code, {
    clientId: CODEX_CLIENT_ID,
    redirectUri: CODEX_DEVICE_CALLBACK,
    codeChallenge: challengeOf(codeVerifier),
    accountKey,
    expiresAtMs: world.now() + CODE_LIFE_MS,
  });
  return { code, codeVerifier };
}

function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}
