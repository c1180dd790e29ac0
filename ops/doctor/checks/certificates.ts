/** Every address of ours over TLS: a chain that is trusted, for this name, and not about to end. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { lookupHost } from '#ops/deploy/api.ts';
import type { Check, Finding } from '../finding.ts';
import { failure, ok, warning } from '../finding.ts';

const timeoutMs = 10_000;
const dayMs = 86_400_000;
const soonDays = 14;

const isThisMachine = (host: string): boolean =>
  /(^|\.)localhost$/.test(host) || host === '127.0.0.1' || host === '[::1]';

interface Seen {
  /** Why it is not trusted; empty when it is. */
  readonly trouble: string;
  readonly validTo: number;
}

const codeOf = (error: unknown): string => {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message;
  return String(error);
};

const seenOf = (certificate: PeerCertificate, isTrusted: boolean, why: unknown): Seen => ({
  trouble: isTrusted ? '' : codeOf(why),
  validTo: Date.parse(certificate.valid_to),
});

const look = (url: URL, ca: string | undefined): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: url.port === '' ? 443 : Number(url.port),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      lookup: lookupHost,
      // An untrusted one is looked at and told, never used.
      rejectUnauthorized: false,
      ...(ca === undefined ? {} : { ca }),
    });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer in 10 s')));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { authorized, authorizationError } = socket;
      resolve(seenOf(socket.getPeerCertificate(), authorized, authorizationError));
      socket.end();
    });
  });

const fix = 'Renew it where it ends: Appwrite and Dokploy do so by themselves once DNS is right.';

/** `ca`: a further authority to trust, PEM. */
export const certificateFinding = async (
  address: string,
  at: { readonly now: number; readonly ca?: string },
): Promise<Finding> => {
  const url = new URL(address);
  const id = `certificate.${url.host}`;
  if (url.protocol === 'http:') {
    const says = `${url.origin} is not encrypted`;
    const use = 'Use https; over http sign-ins and keys can be read on the way.';
    return isThisMachine(url.hostname) ? warning(id, says, use) : failure(id, says, use);
  }
  const seen = await look(url, at.ca).catch((error: unknown) => codeOf(error));
  if (typeof seen === 'string')
    return failure(id, `${url.host} gave no certificate (${seen})`, fix);
  if (seen.trouble !== '') return failure(id, `${url.host} is not trusted (${seen.trouble})`, fix);
  const days = Math.floor((seen.validTo - at.now) / dayMs);
  const says = `${url.host} is good for ${String(days)} days`;
  return days < soonDays ? warning(id, says, fix) : ok(id, says);
};

export const certificates: Check = {
  id: 'certificates',
  look: async ({ installation, env, now }) => {
    const { target, apiUrl, siteUrl, feedbackBaseUrl } = installation;
    const addresses = [target.endpoint, apiUrl, siteUrl, feedbackBaseUrl, env.DOKPLOY_URL];
    const named = addresses.filter((each) => each !== null);
    const origins = [
      ...new Set([...named, env.PAYAPP_API_URL].map((each) => new URL(each).origin)),
    ];
    return Promise.all(origins.map((each) => certificateFinding(each, { now: now() })));
  },
};
