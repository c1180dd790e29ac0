/**
 * What the issuer remembers: grants waiting to be exchanged, device requests, login sessions.
 * Guarantees: a grant is taken at most once; every collection is bounded (oldest out first);
 * sessions and the signing key survive a restart, grants (ten minutes of life) do not.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const session = z.object({
  id: z.string(),
  accountKey: z.string(),
  refreshToken: z.string(),
  spentRefreshTokens: z.array(z.string()).default([]),
  revoked: z.boolean().default(false),
  /** Access tokens issued before this second no longer work. */
  accessValidFromSeconds: z.number().default(0),
});
export type Session = z.infer<typeof session>;

const savedState = z.object({
  signingKey: z.record(z.string(), z.unknown()),
  sessions: z.array(session).default([]),
});

/** An authorization code that nobody has exchanged yet. */
export interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly accountKey: string;
  readonly expiresAtMs: number;
}

export interface DeviceRequest {
  readonly id: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly expiresAtMs: number;
  decision: 'waiting' | 'denied' | { readonly code: string; readonly codeVerifier: string };
}

const LIMIT = { sessions: 500, grants: 500, devices: 200, spentPerSession: 50, issued: 2000 };

export class Store {
  readonly grants = new Map<string, Grant>();
  readonly devices = new Map<string, DeviceRequest>();
  readonly sessions = new Map<string, Session>();
  /** Every code and token handed out by this process, for a scan that looks for leaks. */
  readonly issued: string[] = [];
  readonly #path: string;
  readonly #signingKey: Readonly<Record<string, unknown>>;

  private constructor(path: string, saved: z.infer<typeof savedState>) {
    this.#path = path;
    this.#signingKey = saved.signingKey;
    for (const kept of saved.sessions) this.sessions.set(kept.id, kept);
  }

  /** What the folder keeps; a new signing key is made only where there is none. */
  static async open(
    folder: string,
    makeSigningKey: () => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<Store> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'issuer.json');
    const saved = readState(path);
    if (saved !== undefined) return new Store(path, saved);
    const store = new Store(path, { signingKey: { ...(await makeSigningKey()) }, sessions: [] });
    store.save();
    return store;
  }

  get signingKey(): Readonly<Record<string, unknown>> {
    return this.#signingKey;
  }

  addGrant(code: string, grant: Grant): void {
    this.note(code);
    putBounded(this.grants, code, grant, LIMIT.grants);
  }

  /** The grant behind a code, which is spent by asking, whatever comes of it. */
  takeGrant(code: string, nowMs: number): Grant | undefined {
    const grant = this.grants.get(code);
    this.grants.delete(code);
    return grant !== undefined && grant.expiresAtMs > nowMs ? grant : undefined;
  }

  addDevice(request: DeviceRequest): void {
    putBounded(this.devices, request.id, request, LIMIT.devices);
  }

  findDeviceByUserCode(userCode: string, nowMs: number): DeviceRequest | undefined {
    return [...this.devices.values()].find(
      (device) => device.userCode === userCode && device.expiresAtMs > nowMs,
    );
  }

  addSession(added: Session): void {
    this.note(added.refreshToken);
    putBounded(this.sessions, added.id, added, LIMIT.sessions);
    this.save();
  }

  /** Swaps the refresh token; the old one is kept so that its reuse is recognised. */
  rotate(rotated: Session, refreshToken: string): void {
    this.note(refreshToken);
    rotated.spentRefreshTokens = [...rotated.spentRefreshTokens, rotated.refreshToken].slice(
      -LIMIT.spentPerSession,
    );
    rotated.refreshToken = refreshToken;
    this.save();
  }

  note(secret: string): void {
    this.issued.push(secret);
    if (this.issued.length > LIMIT.issued) this.issued.shift();
  }

  save(): void {
    const state = { signingKey: this.#signingKey, sessions: [...this.sessions.values()] };
    writeFileSync(`${this.#path}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readState(path: string): z.infer<typeof savedState> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return savedState.parse(JSON.parse(text));
}

function putBounded<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > limit && oldest.done !== true) map.delete(oldest.value);
}
