import { describe, expect, test } from 'vitest';
import { importTextAtMost } from '#schemas/contract/operator-billing.ts';
import type { ImportFormat, Piece } from './import-file.ts';
import { ImportTooLarge, importFormatOf, piecesOf } from './import-file.ts';

/** A stream that ends chunks anywhere. */
async function* streamOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size)
    yield await Promise.resolve(text.slice(at, at + size));
}

const cut = async (text: string, format: ImportFormat, size = 7): Promise<Piece[]> => {
  const pieces: Piece[] = [];
  for await (const piece of piecesOf(streamOf(text, size), format)) pieces.push(piece);
  return pieces;
};

describe('a CSV file', () => {
  test('is cut between records, each piece under the header, every record once', async () => {
    const lines = Array.from({ length: 250 }, (_, index) => `d${index},"a\nb, ""c""",${index}`);
    const pieces = await cut(['id,text,n', ...lines].join('\r\n'), 'csv');
    expect(pieces.map(({ firstRecord, records }) => [firstRecord, records])).toEqual([
      [1, 100],
      [101, 100],
      [201, 50],
    ]);
    for (const { text } of pieces) expect(text.startsWith('id,text,n\n')).toBe(true);
    const all = pieces.map(({ text }) => text.slice('id,text,n\n'.length)).join('\n');
    expect(all.replaceAll('\r', '')).toBe(lines.join('\n'));
  });

  test('never makes a piece longer than a function takes', async () => {
    const lines = Array.from({ length: 90 }, () => 'x'.repeat(1_000));
    const pieces = await cut(['h', ...lines].join('\n'), 'csv', 512);
    expect(pieces.length).toBeGreaterThan(3);
    for (const { text } of pieces) expect(text.length).toBeLessThanOrEqual(importTextAtMost);
    expect(pieces.reduce((sum, { records }) => sum + records, 0)).toBe(90);
  });

  test('with nothing but a header has no piece', async () => {
    expect(await cut('id,text\n\n', 'csv')).toEqual([]);
  });

  test('with a record that fits no piece is refused', async () => {
    await expect(cut(`h\n"${'x'.repeat(30_000)}"`, 'csv', 1_000)).rejects.toThrow(ImportTooLarge);
  });
});

describe('a JSON file', () => {
  const records = [
    { id: 'a', text: 'b}]",\\ "' },
    { id: 'c', inner: { n: [1, 2] } },
  ];

  test.each([
    ['an array', JSON.stringify(records, null, 2)],
    ['one record a line', records.map((record) => JSON.stringify(record)).join('\n')],
  ])('that is %s gives its objects', async (_, text) => {
    const [piece] = await cut(text, 'json', 3);
    expect(JSON.parse(piece?.text ?? '')).toEqual(records);
    expect(piece).toMatchObject({ firstRecord: 1, records: 2 });
  });

  test('keeps the place of what is no object, so that it is refused there', async () => {
    const [piece] = await cut('[{"id":"a"}, 7, "x", {"id":"b"}]', 'json');
    expect(JSON.parse(piece?.text ?? '')).toEqual([{ id: 'a' }, null, null, { id: 'b' }]);
  });

  test('that breaks off is cut where it breaks', async () => {
    const [piece] = await cut('[{"id":"a"},{"id":', 'json');
    expect(piece?.records).toBe(2);
  });
});

test.each([
  ['a.csv', 'csv'],
  ['A.JSON', 'json'],
  ['b.ndjson', 'json'],
  ['b.txt', 'csv'],
] as const)('%s is read as %s', (name, format) => {
  expect(importFormatOf(name)).toBe(format);
});
