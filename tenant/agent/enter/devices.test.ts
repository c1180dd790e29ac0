import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PendingDevice } from '#schemas/wire/openclaw-pairing.ts';
import { GatewayTransportError } from '../openclaw/failures.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import { Devices, freshForMs, maxDevicesOfUser } from './devices.ts';
import type { Session } from './sessions.ts';
import { Sessions } from './sessions.ts';

/** The gateway's list of devices, and what it does to it when told to. */
class PairingWorld {
  pending: PendingDevice[] = [];
  paired: { deviceId: string; clientId: string }[] = [];
  isAway = false;
  /** Called when a list was asked for, before it is answered. */
  whileListing: () => Promise<unknown> = async () => undefined;

  ask(deviceId: string, changes: Partial<PendingDevice> = {}): string {
    const requestId = `request-${deviceId}`;
    this.pending.push({
      requestId,
      deviceId,
      clientId: 'openclaw-control-ui',
      role: 'operator',
      roles: ['operator'],
      scopes: ['operator.read'],
      remoteIp: '192.0.2.2',
      isRepair: false,
      ...changes,
    });
    return requestId;
  }

  readonly call: Gateway['call'] = async (method, params, shape) => {
    if (this.isAway) throw new GatewayTransportError('unreachable');
    const { requestId, deviceId } = params as { requestId?: string; deviceId?: string };
    const found = this.pending.find((one) => one.requestId === requestId);
    if (method === 'device.pair.list') await this.whileListing();
    if (method === 'device.pair.approve' && found !== undefined) {
      this.paired.push({ deviceId: found.deviceId, clientId: found.clientId ?? '' });
    }
    if (method === 'device.pair.remove') {
      this.paired = this.paired.filter((one) => one.deviceId !== deviceId);
    }
    if (found !== undefined) this.pending.splice(this.pending.indexOf(found), 1);
    const answer = { pending: this.pending, paired: this.paired };
    const schema = shape as unknown as { parse(value: unknown): never };
    return schema.parse(structuredClone(answer));
  };

  pairedIds(): string[] {
    return this.paired.map((one) => one.deviceId);
  }
}

let folder: string;
let nowMs: number;
let world: PairingWorld;
let sessions: Sessions;
let devices: Devices;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devices-'));
  nowMs = 1_700_000_000_000;
  world = new PairingWorld();
  said = [];
  sessions = new Sessions({ path: join(folder, 'sessions.json'), now: () => nowMs });
  devices = await opened();
});
afterEach(async () => rm(folder, { recursive: true }));

async function opened(): Promise<Devices> {
  const fresh = new Devices({
    path: join(folder, 'devices.json'),
    gateway: world,
    sessions,
    now: () => nowMs,
    log: (event, fields) => said.push(`${event} ${fields?.['reason'] ?? ''}`.trim()),
  });
  await fresh.load();
  return fresh;
}

async function entered(userId: string): Promise<Session> {
  const session = sessions.find(await sessions.begin(userId));
  if (session === null) throw new Error('no session');
  return session;
}

/** A new browser of that user, let in. */
async function letIn(userId: string, deviceId: string): Promise<Session> {
  const session = await entered(userId);
  await devices.letIn(session, { pairingId: world.ask(deviceId), deviceId });
  return session;
}

describe('a device', () => {
  it('is let in by its own request, whatever stands before it', async () => {
    world.ask('attacker');
    await letIn('user-1', 'device-1');
    world.ask('attacker-2');
    expect(world.pairedIds()).toEqual(['device-1']);
    expect(world.pending.map((one) => one.deviceId)).toEqual(['attacker', 'attacker-2']);
    expect(said).toEqual(['device_let_in']);
  });

  it('is not let in when the request is another one’s', async () => {
    const session = await entered('user-1');
    const foreign = world.ask('attacker');
    world.ask('device-1');
    await devices.letIn(session, { pairingId: foreign, deviceId: 'device-1' });
    await devices.letIn(session, { pairingId: 'request-unknown', deviceId: 'device-1' });
    expect(world.pairedIds()).toEqual([]);
    expect(said).toEqual(['device_not_let_in differs', 'device_not_let_in absent']);
  });

  it('is let in shortly after a ticket only', async () => {
    const session = await entered('user-1');
    nowMs += freshForMs + 1;
    await devices.letIn(session, { pairingId: world.ask('device-1'), deviceId: 'device-1' });
    expect(world.pairedIds()).toEqual([]);
    expect(said).toEqual(['device_not_let_in ticket_too_old']);
  });

  it('is the only one its ticket lets in', async () => {
    const session = await letIn('user-1', 'device-1');
    await devices.letIn(session, { pairingId: world.ask('device-2'), deviceId: 'device-2' });
    expect(world.pairedIds()).toEqual(['device-1']);
    expect(said).toEqual(['device_let_in', 'device_not_let_in another_device']);
  });

  it('is not let in when the session ends while the gateway is asked', async () => {
    const session = await entered('user-1');
    world.whileListing = async () => sessions.end(() => true);
    await devices.letIn(session, { pairingId: world.ask('device-1'), deviceId: 'device-1' });
    expect(world.pairedIds()).toEqual([]);
    expect(said).toEqual(['device_not_let_in session_ended']);
  });

  it('that asks for more than a browser may have waits for ever', async () => {
    const session = await entered('user-1');
    const pairingId = world.ask('device-1', { scopes: ['operator.admin'] });
    await devices.letIn(session, { pairingId, deviceId: 'device-1' });
    expect(world.pairedIds()).toEqual([]);
  });
});

describe('of one person', () => {
  it('five devices stay, and the one unused for longest goes', async () => {
    const first = await letIn('user-1', 'device-0');
    for (let count = 1; count < maxDevicesOfUser; count += 1) {
      nowMs += 1;
      await letIn('user-1', `device-${count}`);
    }
    nowMs += 1;
    await letIn('user-2', 'other');
    await devices.noteConnected('device-0', first);
    nowMs += 1;
    await letIn('user-1', 'device-new');
    expect(world.pairedIds()).toEqual([
      'device-0',
      'device-2',
      'device-3',
      'device-4',
      'other',
      'device-new',
    ]);
  });
});

describe('who may no longer', () => {
  it('loses every device, and what nobody let in goes too', async () => {
    await letIn('user-1', 'device-1');
    await letIn('user-2', 'device-2');
    world.paired.push({ deviceId: 'by-hand', clientId: 'openclaw-control-ui' });
    world.paired.push({ deviceId: 'phone', clientId: 'openclaw-ios' });
    world.ask('device-1b');
    await devices.revokeAllBut(new Set(['user-2']));
    expect(devices.isRevoked('device-1')).toBe(true);
    await devices.settle();
    expect(world.pairedIds()).toEqual(['device-2', 'phone']);
    expect(world.pending).toEqual([]);
    await devices.settle();
    expect(said.filter((one) => one === 'devices_removed')).toHaveLength(1);
  });

  it('loses them also when the gateway was away and the agent restarted', async () => {
    await letIn('user-1', 'device-1');
    world.isAway = true;
    await devices.revokeAllBut(new Set());
    await devices.settle();
    await devices.settle();
    expect(said.filter((one) => one === 'devices_not_removed')).toHaveLength(1);
    devices = await opened();
    expect(devices.isRevoked('device-1')).toBe(true);
    world.isAway = false;
    await devices.settle();
    expect(world.pairedIds()).toEqual([]);
    expect(devices.isRevoked('device-1')).toBe(false);
  });

  it('cannot be let in before that is done, and can afterwards', async () => {
    await letIn('user-1', 'device-1');
    world.isAway = true;
    await devices.revokeAllBut(new Set());
    await devices.settle();
    world.isAway = false;
    await letIn('user-2', 'device-1');
    expect(said).toContain('device_not_let_in revoked');
    await devices.settle();
    expect(world.pairedIds()).toEqual([]);
    await letIn('user-2', 'device-1');
    expect(world.pairedIds()).toEqual(['device-1']);
  });
});
