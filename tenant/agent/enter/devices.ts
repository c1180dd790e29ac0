/**
 * The browsers the gateway knows. Guarantees: a device is let in only for the exact request and
 * device id seen on a session's own socket, shortly after its ticket, once a ticket; a person has
 * five of them at most; one that lost its right is removed from the gateway however long the gateway
 * was away, across restarts, and cannot be used meanwhile.
 */
import * as z from 'zod/mini';
import { pairingDone, pairingList } from '#schemas/wire/openclaw-pairing.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import { SavedDocument } from '../vault/saved.ts';
import { controlUiClient } from './frames.ts';
import { matchPending } from './match.ts';
import type { SeenRequest } from './match.ts';
import type { Session, Sessions } from './sessions.ts';

/** From the ticket to the last yes: a first load takes seconds, on a busy machine tens of them. */
export const freshForMs = 120_000;
export const maxDevicesOfUser = 5;
const maxKnown = 256;
const callTimeoutMs = 10_000;

const device = z.object({
  deviceId: z.string().check(z.maxLength(256)),
  userId: z.string().check(z.maxLength(64)),
  usedAtMs: z.number(),
  isRevoked: z.boolean(),
});
type Device = z.infer<typeof device>;
const savedDevices = z.object({ devices: z.array(device).check(z.maxLength(maxKnown)) });

type Calls = Pick<Gateway, 'call'>;

export interface DevicesOptions {
  readonly path: string;
  readonly gateway: Calls;
  readonly sessions: Pick<Sessions, 'isAlive' | 'bind'>;
  readonly now: () => number;
  readonly log: Log;
}

export class Devices {
  readonly #options: DevicesOptions;
  readonly #saved: SavedDocument;
  readonly #known = new Map<string, Device>();
  /** Request ids on their way to a yes. */
  readonly #approving = new Set<string>();
  #settling: Promise<void> | null = null;
  #isOwed = false;
  #hasFailed = false;

  constructor(options: DevicesOptions) {
    this.#options = options;
    this.#saved = new SavedDocument(options.path, () => ({ devices: [...this.#known.values()] }));
  }

  async load(): Promise<void> {
    const saved = await this.#saved.read(savedDevices);
    for (const one of saved?.devices ?? []) this.#known.set(one.deviceId, one);
    this.#isOwed = [...this.#known.values()].some((one) => one.isRevoked);
  }

  isRevoked(deviceId: string): boolean {
    return this.#known.get(deviceId)?.isRevoked ?? false;
  }

  /** The gateway took this device on a socket of that session. */
  async noteConnected(deviceId: string, { userId }: Session): Promise<void> {
    const usedAtMs = this.#options.now();
    this.#keep({ deviceId, userId, usedAtMs, isRevoked: false });
    await this.#saved.save();
  }

  /** Says yes to that request, if everything is as it should be; the log says what was not. */
  async letIn(session: Session, seen: SeenRequest): Promise<void> {
    if (this.#approving.has(seen.pairingId)) return;
    this.#approving.add(seen.pairingId);
    try {
      const outcome = await this.#approve(session, seen);
      if (outcome === '') this.#options.log('device_let_in');
      else this.#options.log('device_not_let_in', { reason: outcome });
    } catch (error) {
      this.#options.log('device_not_let_in', { reason: errorKind(error) });
    } finally {
      this.#approving.delete(seen.pairingId);
    }
    if (this.#isOwed) await this.settle();
  }

  /** Takes the right from every device that does not belong to one of these. */
  async revokeAllBut(allow: ReadonlySet<string>): Promise<void> {
    for (const one of this.#known.values()) {
      if (!allow.has(one.userId)) one.isRevoked = true;
    }
    this.#isOwed = true;
    await this.#saved.save();
  }

  async revoke(deviceId: string): Promise<void> {
    const found = this.#known.get(deviceId);
    if (found === undefined) return;
    found.isRevoked = true;
    this.#isOwed = true;
    await this.#saved.save();
  }

  /** Brings the gateway to what stands here. Tried again by whoever calls next when it fails. */
  async settle(): Promise<void> {
    if (!this.#isOwed) return;
    this.#settling ??= this.#settleOnce().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #approve(session: Session, seen: SeenRequest): Promise<string> {
    const { gateway, sessions, now } = this.#options;
    const isFresh = (): boolean => now() - session.startedAtMs <= freshForMs;
    if (!isFresh()) return 'ticket_too_old';
    if (this.isRevoked(seen.deviceId)) return 'revoked';
    if (!sessions.bind(session.key, seen.deviceId)) return 'another_device';
    const { pending } = await this.#list();
    const match = matchPending(pending, seen);
    if (match !== 'match') return match;
    // The session may have been ended while the gateway was asked.
    if (!sessions.isAlive(session.key) || !isFresh()) return 'session_ended';
    await this.noteConnected(seen.deviceId, session);
    await gateway.call('device.pair.approve', { requestId: seen.pairingId }, pairingDone, {
      timeoutMs: callTimeoutMs,
    });
    // Ended in between: what was given is taken back.
    if (!sessions.isAlive(session.key)) await this.revoke(seen.deviceId);
    else await this.#dropOldest(session.userId);
    return '';
  }

  async #dropOldest(userId: string): Promise<void> {
    const own = [...this.#known.values()].filter((one) => one.userId === userId && !one.isRevoked);
    const oldest = own
      .sort((a, b) => b.usedAtMs - a.usedAtMs)
      .slice(maxDevicesOfUser)
      .map((one) => one.deviceId);
    for (const deviceId of oldest) await this.revoke(deviceId);
  }

  async #settleOnce(): Promise<void> {
    this.#isOwed = false;
    try {
      const { pending, paired } = await this.#list();
      const ofBrowsers = paired.filter((one) => one.clientId === controlUiClient);
      // One that nobody here let in has come in some other way.
      const unwanted = ofBrowsers.filter(
        ({ deviceId }) => this.#known.get(deviceId)?.isRevoked ?? true,
      );
      for (const { deviceId } of unwanted) await this.#tell('device.pair.remove', { deviceId });
      const waiting = pending.filter(
        (one) => one.clientId === controlUiClient && !this.#approving.has(one.requestId),
      );
      for (const { requestId } of waiting) await this.#tell('device.pair.reject', { requestId });
      for (const one of this.#known.values()) {
        if (one.isRevoked) this.#known.delete(one.deviceId);
      }
      await this.#saved.save();
      this.#hasFailed = false;
      if (unwanted.length + waiting.length > 0) {
        const counts = { removed: unwanted.length, rejected: waiting.length };
        this.#options.log('devices_removed', counts);
      }
    } catch (error) {
      this.#isOwed = true;
      // Tried again and again while the gateway is away: said once.
      if (!this.#hasFailed) this.#options.log('devices_not_removed', { kind: errorKind(error) });
      this.#hasFailed = true;
    }
  }

  async #list(): Promise<z.infer<typeof pairingList>> {
    const options = { timeoutMs: callTimeoutMs };
    return this.#options.gateway.call('device.pair.list', {}, pairingList, options);
  }

  async #tell(method: string, params: object): Promise<void> {
    const options = { timeoutMs: callTimeoutMs };
    await this.#options.gateway.call(method, params, pairingDone, options);
  }

  #keep(one: Device): void {
    this.#known.set(one.deviceId, one);
    if (this.#known.size <= maxKnown) return;
    const [oldest] = [...this.#known.values()].sort((a, b) => a.usedAtMs - b.usedAtMs);
    if (oldest !== undefined) this.#known.delete(oldest.deviceId);
  }
}
