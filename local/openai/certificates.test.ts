import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueLeaf, loadAuthority, makeAuthority } from './certificates.ts';

const NOW = new Date('2026-11-23T09:00:00Z');

describe('issuing', () => {
  it('makes an authority that may sign and a leaf that may not', () => {
    const authority = makeAuthority(NOW);
    const leaf = issueLeaf(authority, ['auth.openai.com', 'chatgpt.com'], NOW);
    const parent = new X509Certificate(authority.certificatePem);
    const child = new X509Certificate(leaf.certificatePem);
    expect(parent.ca).toBe(true);
    expect(child.ca).toBe(false);
    expect(child.checkIssued(parent)).toBe(true);
    expect(child.verify(parent.publicKey)).toBe(true);
    expect(parent.verify(parent.publicKey)).toBe(true);
    expect(child.checkHost('chatgpt.com')).toBe('chatgpt.com');
    expect(child.checkHost('api.openai.com')).toBeUndefined();
    expect(child.checkPrivateKey(createPrivateKey(leaf.privateKeyPem))).toBe(true);
  });

  it('dates certificates a day back and no later than their authority', () => {
    const authority = makeAuthority(NOW);
    const leaf = new X509Certificate(issueLeaf(authority, ['chatgpt.com'], NOW).certificatePem);
    expect(leaf.validFromDate).toEqual(new Date('2026-11-22T09:00:00Z'));
    expect(leaf.validToDate).toEqual(new X509Certificate(authority.certificatePem).validToDate);
  });

  it('gives every certificate another serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(makeAuthority(NOW).certificatePem).serialNumber,
    );
    expect(new Set(serials).size).toBe(20);
  });
});

describe('keeping', () => {
  it('hands out the same authority again, renews it in time, and replaces a broken one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openai-ca-'));
    try {
      const first = loadAuthority(folder, NOW);
      expect(loadAuthority(folder, NOW).certificatePem).toBe(first.certificatePem);
      expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600);
      const nearEnd = new Date(NOW.getTime() + 800 * 86_400_000);
      const renewed = loadAuthority(folder, nearEnd);
      expect(renewed.certificatePem).not.toBe(first.certificatePem);
      writeFileSync(first.path, 'no certificate');
      const replaced = loadAuthority(folder, nearEnd);
      expect(readFileSync(first.path, 'utf8')).toBe(replaced.certificatePem);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
