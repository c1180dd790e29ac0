/**
 * Where the agent may be sent by whoever fills in a form. Guarantees: no address of a private
 * network, of this machine, or of a cloud's metadata is connected to, whatever a name says at the
 * moment of connecting. Where everything is a process of one machine, loopback is allowed, and plain
 * HTTP with it; nothing else private is.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { OffsiteFailure } from './failure.ts';

/** IANA's special-purpose registries, and what cannot be a server at all. */
const notPublic: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const blocked = new BlockList();
for (const [net, bits] of notPublic) blocked.addSubnet(net, bits, 'ipv4');
/** What holds an IPv4 address inside, or is for documents, though it looks like everybody else's. */
for (const net of ['2001::', '2001:db8::', '2002::'] as const) {
  blocked.addSubnet(net, net === '2001::' ? 23 : net === '2002::' ? 16 : 32, 'ipv6');
}
const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function mayConnect(address: string, mayBeLoopback: boolean): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(address, family)) return mayBeLoopback;
  if (blocked.check(address, family)) return false;
  return version === 4 || unicast.check(address, 'ipv6');
}

/** Throws `bucket_forbidden` for what can be told without asking for a name. */
export function guardEndpoint(endpoint: URL, mayBeLoopback: boolean): void {
  const host = endpoint.hostname.replace(/^\[|\]$/g, '');
  const isAddress = isIP(host) !== 0;
  if (isAddress && !mayConnect(host, mayBeLoopback)) throw new OffsiteFailure('bucket_forbidden');
  const isPlainHere =
    isAddress && mayBeLoopback && loopback.check(host, `ipv${isIP(host) as 4 | 6}`);
  if (endpoint.protocol !== 'https:' && !isPlainHere) throw new OffsiteFailure('bucket_forbidden');
}

/** Resolves for `node:https`: the address that is checked is the one that is connected to. */
export function guardedLookup(mayBeLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) {
        callback(error ?? new OffsiteFailure('bucket_unreachable'), '', 0);
      } else if (addresses.some(({ address }) => !mayConnect(address, mayBeLoopback))) {
        callback(new OffsiteFailure('bucket_forbidden'), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
