import { describe, expect, test } from 'vitest';
import { exposureFixture } from '../gallery/fixtures.ts';
import { exposureLines, newestProof } from './exposure.ts';
import { historyOf } from './history.ts';
import type { HistoryRow } from './history.ts';

const proof = JSON.stringify(exposureFixture('pass'));

const row = (sequence: number, kind: string, extra: Partial<HistoryRow> = {}): HistoryRow => ({
  $id: `r.${sequence}`,
  subjectId: 'r',
  sequence,
  kind,
  actor: 'system',
  at: `2026-11-2${sequence}T00:00:00.000Z`,
  detail: kind.startsWith('exposure') ? proof : '',
  ...extra,
});

describe('a proof from outside', () => {
  test('is read check by check, with or without what stands beside it', () => {
    expect(exposureLines(proof)).toHaveLength(6);
    expect(exposureLines(JSON.stringify({ checks: exposureFixture('fail').checks }))).toHaveLength(
      6,
    );
  });

  test.each(['', '{', 'null', '[]', '{"checks":[{"check":"new_one","result":"pass"}]}'])(
    '%j is not taken for one',
    (text) => {
      expect(exposureLines(text)).toBeNull();
    },
  );

  test('the newest counts, whatever the order they come in', () => {
    const failed = row(4, 'exposure_failed', { detail: JSON.stringify(exposureFixture('fail')) });
    const rows = [row(1, 'exposure_proven'), failed, row(2, 'runtime_ready')];
    expect(newestProof(rows)?.kind).toBe('exposure_failed');
    expect(newestProof([...rows, row(5, 'exposure_proven', { detail: '{' })])?.at).toBe(failed.at);
    expect(newestProof([row(2, 'runtime_ready')])).toBeNull();
  });
});

describe('the history of a runtime that is proven every day', () => {
  test('tells the newest of equal proofs, at its time', () => {
    const rows = [row(1, 'exposure_proven'), row(2, 'runtime_ready'), row(3, 'exposure_proven')];
    const entries = historyOf(rows, null);
    expect(entries.map(({ kind, at }) => [kind, at])).toEqual([
      ['exposure_proven', '2026-11-23T00:00:00.000Z'],
      ['runtime_ready', '2026-11-22T00:00:00.000Z'],
    ]);
    expect(entries[0]?.checks).toHaveLength(6);
  });

  test('tells every change from closed to open and back', () => {
    const kinds = ['exposure_proven', 'exposure_failed', 'exposure_proven'];
    const rows = kinds.map((kind, index) => row(index + 1, kind));
    expect(historyOf(rows, null)).toHaveLength(3);
  });

  test('does not tell a state twice because a proof came in between', () => {
    const rows = [row(1, 'runtime_ready'), row(2, 'exposure_proven'), row(3, 'runtime_ready')];
    expect(historyOf(rows, null).map((entry) => entry.kind)).toEqual([
      'exposure_proven',
      'runtime_ready',
    ]);
  });
});
