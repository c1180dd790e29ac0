/** Certificates as they are really served: good, ended, about to end, of nobody, of another name. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateFinding } from '#ops/doctor/checks/certificates.ts';

const dayMs = 86_400_000;
const days = 90;
let folder: string;
let certificate: string;
let server: Server;
let address: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', file, '-days', String(days), '-subj', '/CN=shop.localhost'],
    ...['-addext', 'subjectAltName=DNS:shop.localhost'],
  ]);
  certificate = readFileSync(file, 'utf8');
  server = createServer({ key: readFileSync(key), cert: certificate }, (socket) => socket.end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `https://shop.localhost:${String((server.address() as AddressInfo).port)}`;
});

afterAll(async () => {
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

const at = (offset: number) => ({ now: Date.now() + offset, ca: certificate });

test('a good one is ok, and says for how long', async () => {
  const found = await certificateFinding(address, at(0));
  expect(found).toMatchObject({ id: `certificate.${new URL(address).host}`, level: 'ok' });
  expect(found.message).toMatch(/good for (89|90) days/);
});

test('one about to end is a warning', async () => {
  const found = await certificateFinding(address, at((days - 7) * dayMs));
  expect(found).toMatchObject({ level: 'warning' });
});

test('one of an unknown authority is a failure', async () => {
  const found = await certificateFinding(address, { now: Date.now() });
  expect(found).toMatchObject({ level: 'failure' });
  expect(found.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
});

test('one of another name is a failure', async () => {
  const other = address.replace('shop.localhost', 'bank.localhost');
  const found = await certificateFinding(other, at(0));
  expect(found).toMatchObject({ level: 'failure' });
  expect(found.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('nobody there is a failure; plain http is one too, but for this machine', async () => {
  const nobody = await certificateFinding('https://shop.localhost:9', at(0));
  expect(nobody).toMatchObject({ level: 'failure' });
  const plain = await certificateFinding('http://shop.example', at(0));
  expect(plain).toMatchObject({ level: 'failure' });
  const here = await certificateFinding('http://shop.localhost', at(0));
  expect(here).toMatchObject({ level: 'warning' });
});
