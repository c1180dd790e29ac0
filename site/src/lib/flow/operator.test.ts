import { describe, expect, test } from 'vitest';
import { serverStates } from '#schemas/contract/vocabulary.ts';
import { readDetail } from './detail.ts';
import { fileEntriesOf, subjectsOfOrder } from './operator-history.ts';
import type { ReadPart } from './operator-history.ts';
import { freeSlots, marksOf } from './servers.ts';
import { orderOfTask } from './tasks.ts';

describe('a detail', () => {
  const linesOf = (detail: unknown) =>
    readDetail(JSON.stringify(detail)).map(({ name, value, shape }) => [name, value, shape]);

  test('is told line by line, amounts and times as such', () => {
    expect(
      linesOf({
        mulNo: '17',
        amountKrw: 39_000,
        lostSince: '2026-11-23T01:00:00.000Z',
        memoryMiB: 2_048,
        log: 'first\nlast',
      }),
    ).toEqual([
      ['mulNo', '17', 'text'],
      ['amountKrw', 39_000, 'won'],
      ['lostSince', '2026-11-23T01:00:00.000Z', 'time'],
      ['memoryMiB', 2_048, 'memory'],
      ['log', 'first\nlast', 'log'],
    ]);
  });

  test('leaves out what says nothing, and keeps a zero and a no', () => {
    expect(linesOf({ mulNo: '', title: null, attempts: 0, again: false })).toEqual([
      ['attempts', 0, 'text'],
      ['again', 'false', 'text'],
    ]);
  });

  test('keeps a name it has no word for, and a value that is not plain', () => {
    const [line] = readDetail('{"novel":{"a":[1]}}');
    expect(line).toMatchObject({ name: 'novel', known: null, value: '{"a":[1]}' });
  });

  test.each(['not json', '[1,2]', '"text"', '7'])('that is %s stays as it came', (text) => {
    expect(readDetail(text)).toEqual([{ name: '', known: null, value: text, shape: 'log' }]);
  });

  test('that is empty has no line', () => {
    expect(readDetail('')).toEqual([]);
    expect(readDetail('{}')).toEqual([]);
  });
});

test.each([
  ['refund_due', '{"mulNo":"17"}', 'subject'],
  ['provisioning_stuck', '{"runtimeId":"r1","status":"failed"}', 'subject'],
  ['provisioning_stuck', '{"title":"r1:3"}', null],
  ['no_capacity', '{"orderId":"o1","memoryMiB":2048}', 'o1'],
  ['runtime_unpaid', '{"orderId":"o1","orderState":"refunded"}', 'o1'],
  ['orphan_notice', '{"mulNo":"17"}', null],
  ['server_lost', '{}', null],
  ['moon_out_of_reach', 'not json', null],
])('a task of kind %s with %s is about the order %s', (kind, detail, orderId) => {
  expect(orderOfTask({ kind, detail, subjectId: 'subject' })).toBe(orderId);
});

describe('a server', () => {
  const server = { state: 'open', slots: 4, used: 1, lostSince: null } as const;
  const lostSince = '2026-11-23T01:00:00.000Z';

  test('is full when every slot is held, and only where runtimes are placed', () => {
    expect(marksOf(server)).toEqual([]);
    expect(serverStates.map((state) => marksOf({ ...server, state, used: 4 }))).toEqual([
      ['full'],
      [],
      [],
    ]);
    expect(marksOf({ ...server, slots: 0, used: 1 })).toEqual(['full']);
  });

  test('is lost whatever else it is', () => {
    expect(marksOf({ ...server, used: 4, lostSince })).toEqual(['lost', 'full']);
    expect(marksOf({ ...server, state: 'closed', lostSince })).toEqual(['lost']);
  });

  test('gives room only if it is open and in reach, and never less than none', () => {
    const held = { ...server, slots: 1, used: 3 };
    const gone = { ...server, lostSince };
    expect(freeSlots([server, held, gone, { ...server, state: 'draining' }])).toBe(3);
  });
});

describe('the history in an order’s file', () => {
  const part = (name: ReadPart['part'], rows: readonly (readonly [string, string, string])[]) => ({
    part: name,
    total: rows.length,
    brokenAt: null,
    entries: rows.map(([kind, actor, at], index) => ({
      sequence: index + 1,
      kind,
      actor,
      at: `2026-11-23T01:${at}:00.000Z`,
      detail: '{}',
    })),
  });
  const parts = [
    part('order', [
      ['order.draft', 'user-1', '00'],
      ['order.draft', 'user-1', '02'],
      ['order.refund_requested', 'me', '05'],
      ['order.refund_requested', 'me', '06'],
    ]),
    part('runtime', [['runtime.opened', 'system', '05']]),
    part('audit', [
      ['refund.cancelling', 'me', '05'],
      ['refund.rumoured', 'console', '07'],
    ]),
  ];

  test('joins all parts, newest first, and leaves nothing out', () => {
    expect(fileEntriesOf(parts, 'me').map(({ id }) => id)).toEqual([
      'audit.2',
      'order.4',
      'audit.1',
      'runtime.1',
      'order.3',
      'order.2',
      'order.1',
    ]);
  });

  test('has words for what it knows, and says when it has none', () => {
    const words = fileEntriesOf(parts, 'me').map(({ word, auditWord }) => word ?? auditWord);
    expect(words).toEqual([
      null,
      'order.refund_requested',
      'refund.cancelling',
      'runtime.opened',
      'order.refund_requested',
      'order.draft_again',
      'order.draft',
    ]);
  });

  test('names who did it, without guessing whose account it is', () => {
    const actors = fileEntriesOf(parts, 'me').map(({ actor }) => actor);
    expect(new Set(actors)).toEqual(new Set(['console', 'you', 'system', 'account']));
  });

  test('is read under four subjects', () => {
    const subjects = subjectsOfOrder({ orderId: 'o1', runtimeId: 'r1' });
    expect(subjects.map(({ subjectId }) => subjectId)).toEqual([
      'o1',
      'audit-o1',
      'r1',
      'audit-r1',
    ]);
  });
});
