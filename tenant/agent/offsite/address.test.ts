import { expect, it } from 'vitest';
import { guardEndpoint, guardedLookup, mayConnect } from './address.ts';

it.each([
  ...['8.8.8.8', '52.219.56.1', '192.169.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1'],
])('%s is everybody’s', (address) => {
  expect([mayConnect(address, false), mayConnect(address, true)]).toEqual([true, true]);
});

it.each([
  ...['10.128.0.3', '172.16.0.1', '172.17.0.1', '192.168.1.1', '100.100.100.200', '0.0.0.0'],
  ...['169.254.169.254', '192.0.0.192', '224.0.0.1', '255.255.255.255', '198.18.0.1'],
  ...['fd00:ec2::254', 'fe80::1', 'ff02::1', '::', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
  ...['::ffff:169.254.169.254', '::ffff:10.0.0.1', '2001:db8::1', '2001::1', 'not an address'],
])('%s is somebody’s own, also where loopback is allowed', (address) => {
  expect([mayConnect(address, false), mayConnect(address, true)]).toEqual([false, false]);
});

it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
  '%s is this machine, for processes of one machine alone',
  (address) => {
    expect([mayConnect(address, false), mayConnect(address, true)]).toEqual([false, true]);
  },
);

const isForbidden = (endpoint: string, mayBeLoopback: boolean): boolean => {
  try {
    guardEndpoint(new URL(endpoint), mayBeLoopback);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'bucket_forbidden' });
    return true;
  }
};

it('speaks TLS, but to this machine itself in tests', () => {
  expect(isForbidden('https://s3.example', false)).toBe(false);
  expect(isForbidden('http://s3.example', false)).toBe(true);
  expect(isForbidden('http://s3.example', true)).toBe(true);
  expect(isForbidden('http://127.0.0.1:4600', true)).toBe(false);
  expect(isForbidden('http://127.0.0.1:4600', false)).toBe(true);
});

it('an address written in another way is the same address', () => {
  for (const host of ['0x7f.1', '2130706433', '0251.0376.0251.0376', '[::ffff:169.254.169.254]']) {
    expect([host, isForbidden(`https://${host}`, false)]).toEqual([host, true]);
  }
});

it('a name that leads here is refused where it is connected', async () => {
  const seen = await new Promise((resolve) => {
    guardedLookup(false)('localhost', { all: true }, (error) => resolve(error));
  });
  expect(seen).toMatchObject({ code: 'bucket_forbidden' });
});
