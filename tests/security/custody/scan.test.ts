/** A scanner that finds nothing proves nothing, so here it has to find. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needlesOf } from './needles.ts';
import { scanFolder } from './scan.ts';

const secret = 'rt_codex-canary_9/+"ü7Qz_?>~?>~?>~_tail';
const needles = needlesOf([{ kind: 'refresh token', secret }]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const formsFound = (): string[] => scanFolder(folder, needles).hits.map(({ form }) => form);

it.each([
  ['plain', Buffer.from(`x${secret}y`)],
  ['JSON', Buffer.from(JSON.stringify({ token: secret }))],
  ['URL', Buffer.from(`a=${encodeURIComponent(secret)}&b=1`)],
  ['hexadecimal', Buffer.from(Buffer.from(`a${secret}b`).toString('hex'))],
  ['UTF-16', Buffer.from(`12${secret}`, 'utf16le')],
  ['base64+0', Buffer.from(Buffer.from(`${secret}…`).toString('base64'))],
  ['base64+1', Buffer.from(Buffer.from(`a${secret}…`).toString('base64'))],
  ['base64+2', Buffer.from(Buffer.from(`ab${secret}…`).toString('base64'))],
  ['base64url+0', Buffer.from(Buffer.from(`abc${secret}…`).toString('base64url'))],
])('a secret is found as %s', (form, content) => {
  writeFileSync(join(folder, 'file'), content);
  expect(formsFound()).toContain(form);
});

it('finds what lies in a row of a database file that is open, and in its log', () => {
  const database = new DatabaseSync(join(folder, 'rows.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (data TEXT)');
  database.prepare('INSERT INTO rows VALUES (?)').run(JSON.stringify({ deep: secret }));
  expect(formsFound()).toContain('JSON');
  database.close();
});

it('finds what is packed, and says where', () => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep', 'code.tar.gz'), gzipSync(`x${secret}`));
  const [hit] = scanFolder(folder, needles).hits;
  expect(hit).toEqual({
    ...{ kind: 'refresh token', form: 'plain', place: 'deep/code.tar.gz (unpacked)' },
  });
});

it('leaves out what is named, and counts what it read', () => {
  mkdirSync(join(folder, 'volumes'));
  writeFileSync(join(folder, 'volumes', 'a'), secret);
  writeFileSync(join(folder, 'volumes-of-others'), '1234');
  expect(scanFolder(folder, needles, ['volumes'])).toEqual({ hits: [], files: 1, bytes: 4 });
});

it('is silent about what is not there, and takes no secret that chance would find', () => {
  writeFileSync(join(folder, 'file'), 'rt_codex-canary_ and more');
  expect(formsFound()).toEqual([]);
  expect(() => needlesOf([{ kind: 'code', secret: '123456' }])).toThrow(/code is too short/);
});
