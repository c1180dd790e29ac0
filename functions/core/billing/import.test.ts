import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCsv } from './csv.ts';
import { readImport } from './import.ts';

const header = 'documentId,tenantId,name,amountKrw,status,title,dueAt,paidUntil,phone';
const oneOf = (line: string) => readImport('csv', `${header}\n${line}`)?.[0];
const codeOf = (line: string) => {
  const read = oneOf(line);
  return read?.kind === 'refused' ? read.code : read?.kind;
};

describe('CSV', () => {
  test('keeps what is quoted: commas, line ends, doubled quotes', () => {
    expect(readCsv('\uFEFFa,b\r\n"x, ""y""\nz",2\r\n\r\n')).toEqual([
      ['a', 'b'],
      ['x, "y"\nz', '2'],
    ]);
  });

  test('gives back any fields that were written as the rule says', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '가') });
    const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(records, (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const written = rows.map((row) => row.map(quoted).join(',')).join('\r\n');
        const kept = rows.filter((row) => row.some((one) => one.trim() !== ''));
        expect(readCsv(written)).toEqual(kept);
      }),
    );
  });
});

describe('a record', () => {
  test('is read in full, as spreadsheets and people write it', () => {
    expect(
      oneOf('d-1,acme,"Acme, Inc.","55,000원",OPEN,11월분,2026-11-30,,+82 10-1234-5678'),
    ).toEqual({
      kind: 'document',
      document: {
        documentId: 'd-1',
        tenantId: 'acme',
        name: 'Acme, Inc.',
        amountKrw: 55_000,
        status: 'due',
        title: '11월분',
        dueAt: '2026-11-29T15:00:00.000Z',
        paidUntil: null,
        phone: '01012345678',
      },
    });
  });

  test.each([
    ['no document', ',acme,A,55000,due', 'document_id_invalid'],
    ['an id of another kind', 'd 1,acme,A,55000,due', 'document_id_invalid'],
    ['no tenant', 'd1,,A,55000,due', 'tenant_id_invalid'],
    ['no name', 'd1,acme,,55000,due', 'name_invalid'],
    ['less than PayApp takes', 'd1,acme,A,999,due', 'amount_invalid'],
    ['a part of a won', 'd1,acme,A,1000.5,due', 'amount_invalid'],
    ['a negative amount', 'd1,acme,A,-55000,due', 'amount_invalid'],
    ['a word we do not know', 'd1,acme,A,55000,maybe', 'status_unknown'],
    ['a day that is none', 'd1,acme,A,55000,due,,2026-02-31', 'time_invalid'],
    ['a time without a zone', 'd1,acme,A,55000,due,,2026-02-03T10:00', 'time_invalid'],
    ['a phone that is none', 'd1,acme,A,55000,due,,,,02-123', 'phone_invalid'],
    ['too long a title', `d1,acme,A,55000,due,${'x'.repeat(51)}`, 'title_invalid'],
  ])('with %s is refused', (_, line, code) => {
    expect(codeOf(line)).toBe(code);
  });

  test('that comes twice in one piece is taken once', () => {
    const line = 'd1,acme,A,55000,due';
    const read = readImport('csv', `${header}\n${line}\n${line}`);
    expect(read?.[1]).toEqual({ kind: 'refused', code: 'duplicate_record', documentId: 'd1' });
  });
});

describe('a piece', () => {
  const record = { documentId: 'd1', tenantId: 't', name: 'A', amountKrw: 55_000 };

  test('of JSON is an array, or one record a line, and a bad record is refused in its place', () => {
    const kinds = (text: string) => readImport('json', text)?.map(({ kind }) => kind);
    expect(kinds(JSON.stringify([record, 7, null]))).toEqual(['document', 'refused', 'refused']);
    expect(kinds(`${JSON.stringify(record)}\n{bad\n`)).toEqual(['document', 'refused']);
    expect(kinds(JSON.stringify(record))).toEqual(['document']);
  });

  test.each([
    ['csv', 'documentId,name\nd1,A'],
    ['csv', 'just text'],
    ['csv', header],
    ['json', '[]'],
    ['json', 'no json'],
    ['json', JSON.stringify(Array.from({ length: 101 }, () => record))],
  ] as const)('of %s that holds %s cannot be read', (format, text) => {
    expect(readImport(format, text)).toBeNull();
  });

  test('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.constantFrom('csv', 'json'), fc.string(), (format, text) => {
        readImport(format, `${format === 'csv' ? header : ''}\n${text}`);
      }),
    );
  });
});
