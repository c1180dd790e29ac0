import { expect, it } from 'vitest';
import { readOpening, readReply } from './frames.ts';

const params = {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: 'openclaw-control-ui', version: '1', platform: 'web', mode: 'webchat' },
  role: 'operator',
  scopes: ['operator.admin'],
  device: { id: 'device-1', publicKey: 'k', signature: 's', nonce: 'n' },
};
const frame = { type: 'req', id: 'r1', method: 'connect', params };
const opening = { requestId: 'r1', deviceId: 'device-1' };

it('knows how a Control UI begins', () => {
  expect(readOpening(JSON.stringify(frame))).toEqual(opening);
});

it.each<[string, unknown]>([
  ['a node', { ...frame, params: { ...params, role: 'node' } }],
  ['a command line', { ...frame, params: { ...params, client: { id: 'cli' } } }],
  ['a backend', { ...frame, params: { ...params, client: { id: 'gateway-client' } } }],
  ['no device', { ...frame, params: { ...params, device: undefined } }],
  ['a device without a name', { ...frame, params: { ...params, device: { id: 7 } } }],
  ['another call', { ...frame, method: 'config.get' }],
  ['another kind of frame', { ...frame, type: 'event' }],
  ['a list', [frame]],
  ['nothing', null],
])('does not take %s for one', (_name, other) => {
  expect(readOpening(JSON.stringify(other))).toBeNull();
});

it('does not take garbage for one', () => {
  expect(readOpening('{')).toBeNull();
});

it('reads the answer to that opening only', () => {
  const connected = { type: 'res', id: 'r1', ok: true, payload: { type: 'hello-ok' } };
  expect(readReply(JSON.stringify(connected), opening)).toEqual({ kind: 'connected' });
  expect(readReply(JSON.stringify({ ...connected, id: 'r2' }), opening)).toBeNull();
  expect(readReply(JSON.stringify({ type: 'event', event: 'tick' }), opening)).toBeNull();
  expect(readReply('<html>', opening)).toBeNull();
});

it('reads which request waits for which device', () => {
  const details = { code: 'PAIRING_REQUIRED', requestId: 'p1', deviceId: 'device-1' };
  const answer = (error: object): string =>
    JSON.stringify({ type: 'res', id: 'r1', ok: false, error });
  expect(readReply(answer({ code: 'NOT_PAIRED', message: 'm', details }), opening)).toEqual({
    kind: 'unpaired',
    pairingId: 'p1',
    deviceId: 'device-1',
  });
  expect(readReply(answer({ code: 'NOT_PAIRED', details: {} }), opening)).toEqual({
    kind: 'refused',
    code: 'NOT_PAIRED',
  });
  expect(readReply(answer({ code: 'AUTH', details }), opening)).toEqual({
    kind: 'refused',
    code: 'AUTH',
  });
});
