/**
 * Mail through our adapter against a running Appwrite, seen by the unmodified SDK and, on the
 * embedded server, in its mailbox.
 */
import { Messaging, Users } from 'node-appwrite';
import { Client } from 'node-appwrite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { appwriteMessages } from '#adapters/appwrite/messages.ts';
import { appwriteTransport } from '#adapters/appwrite/transport.ts';
import type { DeliveryState } from '#ports/messages.ts';
import { startEmbedded } from '#tests/support/embedded.ts';
import type { Embedded } from '#tests/support/embedded.ts';
import { eventually } from '#tests/support/http.ts';

const address = 'mina@example.com';
const userId = 'mina';
const mail = { userId, subject: '제목 & subject', html: '<p>Hello <b>Mina</b></p>\n<p>안녕</p>' };
const mailbox = z.object({
  mails: z.array(
    z.object({
      seq: z.number(),
      to: z.nullable(z.string()),
      subject: z.string(),
      text: z.string(),
    }),
  ),
});

let appwrite: Embedded;
let messaging: Messaging;
let users: Users;
let origin: string;

const messages = () => {
  const { endpoint, projectId, key } = appwrite;
  return appwriteMessages(appwriteTransport({ endpoint, projectId }, { key }));
};
const ended = (messageId: string): Promise<DeliveryState> =>
  eventually(
    () => messages().look(messageId),
    ({ kind }) => kind !== 'processing',
    5_000,
  );
const received = async () => mailbox.parse(await (await fetch(`${origin}/_ctl/mail`)).json()).mails;
const faults = (method: 'PUT' | 'DELETE', body: object = {}): Promise<Response> =>
  fetch(`${origin}/_ctl/faults`, {
    method,
    ...(method === 'PUT' ? { body: JSON.stringify(body) } : {}),
  });

beforeAll(async () => {
  appwrite = await startEmbedded();
  const { endpoint, projectId, key } = appwrite;
  origin = new URL(endpoint).origin;
  const client = new Client().setEndpoint(endpoint).setProject(projectId).setKey(key);
  messaging = new Messaging(client);
  users = new Users(client);
  await users.create({ userId, email: address });
  await users.create({ userId: 'nameless' });
});
afterEach(() => faults('DELETE'));
afterAll(() => appwrite.stop());

test('without a provider it fails, and says so', async () => {
  expect(await messages().send({ messageId: 'early', ...mail })).toBe('handed_on');
  expect(await ended('early')).toEqual({ kind: 'failed', code: 'no_provider' });
  expect((await messaging.getMessage({ messageId: 'early' })).deliveryErrors).toEqual([
    'No enabled provider found.',
  ]);
});

test('a provider without a sender is not enabled', async () => {
  const made = { providerId: 'p0', name: 'No sender', host: 'localhost', enabled: true };
  expect((await messaging.createSMTPProvider(made)).enabled).toBe(false);
  await expect(messaging.createSMTPProvider(made)).rejects.toMatchObject({
    code: 409,
    type: 'provider_already_exists',
  });
});

test('with one it arrives: once, however often it is handed on', async () => {
  const sender = { fromName: 'Shop', fromEmail: 'no-reply@example.com' };
  const provider = { providerId: 'p1', name: 'SMTP', host: 'localhost', ...sender, enabled: true };
  expect((await messaging.createSMTPProvider(provider)).enabled).toBe(true);
  const found = await messaging.listProviders();
  expect(found.providers.map(({ $id, enabled }) => [$id, enabled])).toEqual([
    ['p0', false],
    ['p1', true],
  ]);
  const tries = Array.from({ length: 5 }, () => messages().send({ messageId: 'm1', ...mail }));
  const [first, ...rest] = (await Promise.all(tries)).toSorted();
  expect([first, new Set(rest)]).toEqual(['handed_on', new Set(['known'])]);
  expect(await ended('m1')).toEqual({ kind: 'sent' });
  expect(await messages().send({ messageId: 'm1', ...mail })).toBe('known');
  expect(await received()).toMatchObject([
    { to: address, subject: mail.subject, text: 'Hello Mina\n안녕' },
  ]);
  const seen = await messaging.getMessage({ messageId: 'm1' });
  expect(seen).toMatchObject({ status: 'sent', deliveredTotal: 1, users: [userId], topics: [] });
});

test('to an account without an address it fails', async () => {
  await messages().send({ ...mail, messageId: 'm2', userId: 'nameless' });
  expect(await ended('m2')).toEqual({ kind: 'failed', code: 'no_address' });
});

test.each([
  ['bounce', 'rejected'],
  ['down', 'undelivered'],
] as const)('%s: it fails, and what names the address does not stay', async (kind, code) => {
  await faults('PUT', { mail: kind, to: address });
  const messageId = `m-${kind}`;
  const before = (await received()).length;
  await messages().send({ messageId, ...mail });
  expect(await ended(messageId)).toEqual({ kind: 'failed', code });
  const { deliveryErrors } = await messaging.getMessage({ messageId });
  expect(String(deliveryErrors)).toContain(address);
  await messages().forget(messageId);
  await messages().forget(messageId);
  expect(await messages().look(messageId)).toEqual({ kind: 'absent' });
  expect(await received()).toHaveLength(before);
});

test('one that the worker never finishes stays on its way', async () => {
  await faults('PUT', { mail: 'stuck', delayMs: 0 });
  await messages().send({ messageId: 'm3', ...mail });
  await faults('PUT', { mail: 'deliver', delayMs: 0 });
  // Handed on later and done: the first had its turn.
  await messages().send({ messageId: 'm4', ...mail });
  expect(await ended('m4')).toEqual({ kind: 'sent' });
  expect(await messages().look('m3')).toMatchObject({ kind: 'processing' });
});

test('a key without the scope is refused, and nothing is sent', async () => {
  const { endpoint, projectId } = appwrite;
  const weak = appwriteMessages(appwriteTransport({ endpoint, projectId }, { key: 'standard_no' }));
  expect(await weak.send({ messageId: 'm5', ...mail })).toBe('refused');
  expect(await messages().look('m5')).toEqual({ kind: 'absent' });
});

test('the mailbox shows a mail without letting it do anything', async () => {
  const script = '<script>alert(1)</script><p>Look</p>';
  await messages().send({ ...mail, messageId: 'm6', subject: '<b>Bold</b>', html: script });
  expect(await ended('m6')).toEqual({ kind: 'sent' });
  const [newest] = await received();
  const list = await fetch(`${origin}/_mail`);
  const text = await list.text();
  expect(text.indexOf('&lt;b&gt;Bold')).toBeLessThan(text.indexOf('제목 &amp; subject'));
  expect(list.headers.get('content-security-policy')).toContain("default-src 'none'");
  const page = await (await fetch(`${origin}/_mail/${String(newest?.seq)}`)).text();
  expect(page).not.toContain('<script');
  expect(page).toMatch(/<iframe [^>]*\n?sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const frame = await fetch(`${origin}/_mail/${String(newest?.seq)}/html`);
  expect(await frame.text()).toContain(script);
  expect(frame.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox /);
  expect((await fetch(`${origin}/_mail/999999`)).status).toBe(404);
});

test('its controls are not for web pages', async () => {
  const headers = { origin: 'http://evil.example' };
  const body = JSON.stringify({ mail: 'bounce' });
  expect((await fetch(`${origin}/_ctl/faults`, { method: 'PUT', headers, body })).status).toBe(403);
  expect((await fetch(`${origin}/_ctl/mail`, { headers })).status).toBe(403);
});

test('whose account is deleted has no mail any more', async () => {
  expect((await received()).length).toBeGreaterThan(0);
  await users.delete({ userId });
  expect(await received()).toEqual([]);
});
