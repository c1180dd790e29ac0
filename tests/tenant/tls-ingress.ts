/**
 * The TLS side of Traefik: ends https for the runtimes' hosts with an authority of its own and hands
 * the plain bytes to the ingress. Guarantees: loopback only; after `close` no socket is left.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { issueLeaf, makeAuthority } from '#local/openai/certificates.ts';

export interface TlsIngress {
  readonly port: number;
  /** Of the leaf's public key, as Chromium takes it to trust this one server. */
  readonly keyFingerprint: string;
  /** Where the plain ingress listens; known later than the port, which the stack is rendered with. */
  forwardTo(port: number): void;
  close(): Promise<void>;
}

const maxConnections = 256;

/** This process trusts the authority from now on: the product's own client is used as it is. */
const trust = (authorityPem: string): void => {
  setDefaultCACertificates([...getCACertificates('default'), authorityPem]);
};

const fingerprintOf = (certificatePem: string): string => {
  const key = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
};

export const openTlsIngress = async (hosts: readonly string[]): Promise<TlsIngress> => {
  const now = new Date();
  const authority = makeAuthority(now);
  const leaf = issueLeaf(authority, hosts, now);
  const open = new Set<Socket>();
  let upstreamPort = 0;
  const options = { cert: leaf.certificatePem, key: leaf.privateKeyPem };
  const server = createServer(options, (client) => {
    const upstream = connect(upstreamPort, '127.0.0.1');
    for (const side of [client, upstream]) {
      open.add(side);
      side.on('error', () => side.destroy());
      side.on('close', () => {
        open.delete(side);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  trust(authority.certificatePem);
  return {
    port: (server.address() as AddressInfo).port,
    keyFingerprint: fingerprintOf(leaf.certificatePem),
    forwardTo: (port) => {
      upstreamPort = port;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
