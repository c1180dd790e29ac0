import { expect, test } from 'vitest';
import { runtimeFixture } from '../gallery/fixtures.ts';
import { exportOf, fileProblem } from './export.ts';

const now = Date.parse('2026-11-27T12:00:00.000Z');
const later = new Date(now + 3_600_000).toISOString();
const before = new Date(now - 1).toISOString();
const stopped = (reason: 'export_open' | 'export_preparing' | 'retries_exhausted') =>
  runtimeFixture('suspended', { deployed: ['unknown', reason, 'system'] });

test.each([
  ['is ready', runtimeFixture('ready'), 'runs'],
  ['does not work', runtimeFixture('degraded'), 'runs'],
  ['was never up', { ...runtimeFixture('provisioning'), receipt: null }, 'early'],
  ['stands still', runtimeFixture('suspended'), 'stopped'],
  ['was opened', { ...stopped('export_preparing'), exportUntil: later }, 'preparing'],
  ['can be downloaded', { ...stopped('export_open'), exportUntil: later }, 'open'],
  ['was open', { ...stopped('export_open'), exportUntil: before }, 'stopped'],
  ['does not start', { ...stopped('retries_exhausted'), exportUntil: later }, 'stuck'],
  ['says nothing', { ...stopped('export_open'), conditions: '?', exportUntil: later }, 'preparing'],
  ['is on its way out', runtimeFixture('deleting'), 'gone'],
] as const)('a runtime that %s', (_, row, state) => {
  expect(exportOf(row, now)).toBe(state);
});

test.each([
  ['acme-2026-11-27.tar.gz', 10, null],
  ['acme.TGZ', 10, null],
  ['acme.tar.gz', 0, 'empty'],
  ['acme.tar.gz', 101, 'too_large'],
  ['photo.png', 10, 'other_kind'],
] as const)('a file %s of %s bytes', (name, size, problem) => {
  expect(fileProblem({ name, size }, 100)).toBe(problem);
});
