import { expect, it } from 'vitest';
import type { PendingDevice } from '#schemas/wire/openclaw-pairing.ts';
import { matchPending } from './match.ts';

const seen = { pairingId: 'request-1', deviceId: 'device-1' };
const good: PendingDevice = {
  requestId: 'request-1',
  deviceId: 'device-1',
  clientId: 'openclaw-control-ui',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read', 'operator.write'],
  remoteIp: '192.0.2.2',
  isRepair: false,
};
const foreign: PendingDevice = { ...good, requestId: 'request-0', deviceId: 'device-0' };

it('finds it wherever it stands', () => {
  expect(matchPending([foreign, good], seen)).toBe('match');
  expect(matchPending([good, foreign], seen)).toBe('match');
});

it('does not take another one for it, not even the only one', () => {
  expect(matchPending([foreign], seen)).toBe('absent');
  expect(matchPending([{ ...foreign, deviceId: 'device-1' }], seen)).toBe('absent');
  expect(matchPending([], seen)).toBe('absent');
});

it.each<[string, Partial<PendingDevice>]>([
  ['another device', { deviceId: 'device-0' }],
  ['another client', { clientId: 'cli' }],
  ['no client', { clientId: undefined }],
  ['a node', { role: 'node', roles: ['node'] }],
  ['a node beside', { roles: ['operator', 'node'] }],
  ['a node hidden behind the list', { role: 'node' }],
  ['no role', { role: undefined, roles: undefined }],
  ['admin rights', { scopes: ['operator.read', 'operator.admin'] }],
  ['the right to pair others', { scopes: ['operator.pairing'] }],
  ['a repair of one already paired', { isRepair: true }],
  ['a socket that did not come through the agent', { remoteIp: '172.30.1.7' }],
  ['no address', { remoteIp: undefined }],
])('refuses %s', (_name, change) => {
  expect(matchPending([{ ...good, ...change }], seen)).toBe('differs');
});

it('refuses an id that stands there twice', () => {
  expect(matchPending([good, { ...good, deviceId: 'device-0' }], seen)).toBe('differs');
});
