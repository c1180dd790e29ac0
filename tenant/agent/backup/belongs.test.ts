import { expect, it } from 'vitest';
import { belongs, isDatabase, isOwnDatabase } from './belongs.ts';

it.each([
  'openclaw.json',
  'state/openclaw.sqlite',
  'agents/main/agent/openclaw-agent.sqlite',
  'workspace/cache/notes.md',
  'workspace/tmp',
  'media/inbound/photo.jpg',
  'credentials/whatsapp/creds.json',
])('takes %s', (path) => {
  expect(belongs(path)).toBe(true);
});

it.each([
  'cache/control-ui-assets/a.js',
  'tmp/openclaw-0/x',
  'logs/gateway.log',
  'locks',
  'plugin-skills/canvas',
  'state/openclaw.sqlite-wal',
  'state/openclaw.sqlite-shm',
  'agents/main/agent/openclaw-agent.sqlite.reindex-lock.sqlite',
  'state/device-identity.5e280586.lock.sqlite',
])('leaves %s', (path) => {
  expect(belongs(path)).toBe(false);
});

it('knows a database by its name', () => {
  expect([isDatabase('state/openclaw.sqlite'), isDatabase('a.sqlite.json')]).toEqual([true, false]);
});

it.each([
  ['state/openclaw.sqlite', true],
  ['agents/main/agent/openclaw-agent.sqlite', true],
  ['workspaces.sqlite', true],
  ['workspace/app/data.sqlite', false],
  ['workspace-research/data.sqlite', false],
])('%s is one of OpenClaw itself: %s', (path, isOwn) => {
  expect(isOwnDatabase(path)).toBe(isOwn);
});
