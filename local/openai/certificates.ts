/**
 * A certificate authority of one's own and the leaf certificates under it, in pure Node.
 * Guarantees: P-256 keys, SHA-256 signatures, CA marked as such with path length 0, leaves usable
 * for TLS servers only. The authority is kept on disk (0600) so that a gateway which read the CA
 * file at its start still trusts this stand-in after the stand-in restarts.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as der from './der.ts';

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

const DAY_MS = 86_400_000;
/** Made anew when less than this is left, so that no run ends in an expired chain. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
const AUTHORITY_LIFE_MS = 825 * DAY_MS;
/** Certificates start a day early: a machine's clock may be set back a little between runs. */
const BACKDATE_MS = DAY_MS;

/** Subject of the authority and issuer of its leaves: the two must be the same bytes. */
const AUTHORITY_NAME = 'OpenAI stand-in of this machine';

export interface Identity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly subjectPublicKey: KeyObject;
  readonly issuerPublicKey: KeyObject;
  readonly issuerPrivateKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A self-signed authority that may sign leaves only. */
export function makeAuthority(now: Date): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificatePem = issue({
    subject: AUTHORITY_NAME,
    issuer: AUTHORITY_NAME,
    subjectPublicKey: publicKey,
    issuerPublicKey: publicKey,
    issuerPrivateKey: privateKey,
    extensions: [
      extension(
        OID.basicConstraints,
        true,
        der.sequence(der.boolean(true), der.integer(Buffer.from([0]))),
      ),
      // keyCertSign (5) and cRLSign (6): one byte, bit 0 is the highest; one unused bit.
      extension(OID.keyUsage, true, der.bitString(Buffer.from([0b0000_0110]), 1)),
    ],
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_LIFE_MS),
  });
  return { certificatePem, privateKeyPem: exportPrivateKey(privateKey) };
}

/** A TLS server certificate for the given host names, ending with its authority. */
export function issueLeaf(authority: Identity, hostNames: readonly string[], now: Date): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const parent = new X509Certificate(authority.certificatePem);
  const altNames = hostNames.map((name) => der.implicit(2, Buffer.from(name, 'ascii')));
  const certificatePem = issue({
    subject: hostNames[0] ?? 'localhost',
    issuer: AUTHORITY_NAME,
    subjectPublicKey: publicKey,
    issuerPublicKey: parent.publicKey,
    issuerPrivateKey: createPrivateKey(authority.privateKeyPem),
    extensions: [
      extension(OID.basicConstraints, true, der.sequence()),
      extension(OID.keyUsage, true, der.bitString(Buffer.from([0b1000_0000]), 7)),
      extension(OID.extendedKeyUsage, false, der.sequence(der.objectIdentifier(OID.serverAuth))),
      extension(OID.subjectAltName, false, der.sequence(...altNames)),
    ],
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(parent.validToDate),
  });
  return { certificatePem, privateKeyPem: exportPrivateKey(privateKey) };
}

/**
 * The authority kept in `folder`, made on first use and again shortly before it ends.
 * Returns the path of the certificate, for NODE_EXTRA_CA_CERTS.
 */
export function loadAuthority(folder: string, now: Date): Identity & { readonly path: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'ca.pem');
  const keyPath = join(folder, 'ca.key');
  const kept = readAuthority(path, keyPath, now);
  if (kept !== undefined) return { ...kept, path };
  const made = makeAuthority(now);
  // The key first: a certificate without its key would be useless after a crash between the two.
  writeAtomically(keyPath, made.privateKeyPem, 0o600);
  writeAtomically(path, made.certificatePem, 0o644);
  return { ...made, path };
}

function readAuthority(path: string, keyPath: string, now: Date): Identity | undefined {
  if (!existsSync(path) || !existsSync(keyPath)) return undefined;
  const identity = {
    certificatePem: readFileSync(path, 'utf8'),
    privateKeyPem: readFileSync(keyPath, 'utf8'),
  };
  try {
    const certificate = new X509Certificate(identity.certificatePem);
    const fresh = certificate.validToDate.getTime() - now.getTime() > RENEW_BEFORE_MS;
    const paired = certificate.checkPrivateKey(createPrivateKey(identity.privateKeyPem));
    return fresh && paired ? identity : undefined;
  } catch {
    // Unreadable files are replaced: nothing but this stand-in writes them.
    return undefined;
  }
}

function writeAtomically(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}

function issue(request: CertificateRequest): string {
  const algorithm = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));
  const extensions = [
    ...request.extensions,
    extension(
      OID.subjectKeyIdentifier,
      false,
      der.octetString(keyIdentifier(request.subjectPublicKey)),
    ),
    extension(
      OID.authorityKeyIdentifier,
      false,
      der.sequence(der.implicit(0, keyIdentifier(request.issuerPublicKey))),
    ),
  ];
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(randomBytes(16)),
    algorithm,
    name(request.issuer),
    der.sequence(der.generalizedTime(request.notBefore), der.generalizedTime(request.notAfter)),
    name(request.subject),
    exportPublicKey(request.subjectPublicKey),
    der.explicit(3, der.sequence(...extensions)),
  );
  const signature = sign('sha256', body, request.issuerPrivateKey);
  const certificate = der.sequence(body, algorithm, der.bitString(signature));
  return toPem('CERTIFICATE', certificate);
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const parts = [der.objectIdentifier(oid)];
  if (critical) parts.push(der.boolean(true));
  return der.sequence(...parts, der.octetString(value));
}

function name(commonName: string): Buffer {
  const attribute = der.sequence(der.objectIdentifier(OID.commonName), der.utf8String(commonName));
  return der.sequence(der.set(attribute));
}

function exportPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function exportPrivateKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1').update(exportPublicKey(key)).digest();
}

function toPem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
