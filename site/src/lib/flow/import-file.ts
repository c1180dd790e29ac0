/**
 * Cuts a file of legacy documents into pieces a function takes, as it is read: nothing holds the
 * whole of it. CSV is cut between records (never inside quotes) and each piece gets the header; of
 * JSON the objects are taken out one by one, from an array or one a line.
 */
import { importRecordsAtMost, importTextAtMost } from '#schemas/contract/operator-billing.ts';

export interface Piece {
  readonly text: string;
  /** Number of its first record in the file, from 1. */
  readonly firstRecord: number;
  readonly records: number;
}

export type ImportFormat = 'csv' | 'json';

export const importFormatOf = (fileName: string): ImportFormat =>
  /\.(?:json|jsonl|ndjson)$/i.test(fileName) ? 'json' : 'csv';

/** A record that no piece could hold, or a file beyond what one import takes. */
export class ImportTooLarge extends Error {
  override readonly name = 'ImportTooLarge';
}

export const importFileRecordsAtMost = 20_000;
/** Room for the header or brackets, and for line ends. */
const pieceTextAtMost = importTextAtMost - 2_000;

/** Feeds characters in, gives whole records out. */
interface Cutter {
  push(character: string): string | null;
  /** What is left at the end. */
  rest(): string | null;
}

const csvCutter = (): Cutter => {
  let record = '';
  let quoted = false;
  return {
    push: (character) => {
      if (character === '"') quoted = !quoted;
      if (character !== '\n' || quoted) {
        record += character;
        return null;
      }
      const whole = record;
      record = '';
      return whole.trim() === '' ? null : whole;
    },
    rest: () => (record.trim() === '' ? null : record),
  };
};

/** Whatever stands between objects and is no separator is a record too, one that gets refused. */
const jsonCutter = (): Cutter => {
  let record = '';
  let depth = 0;
  let inText = false;
  let escaped = false;
  const give = (): string | null => {
    const whole = record.trim();
    record = '';
    if (whole === '') return null;
    return whole.startsWith('{') ? whole : 'null';
  };
  const within = (character: string): void => {
    record += character;
    if (escaped) escaped = false;
    else if (inText) {
      if (character === '\\') escaped = true;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  };
  return {
    push: (character) => {
      if (depth > 0) {
        within(character);
        return depth === 0 ? give() : null;
      }
      if (character === '{') {
        depth = 1;
        const before = give();
        record = character;
        return before;
      }
      if (/[\s,[\]]/.test(character)) return give();
      record += character;
      return null;
    },
    rest: give,
  };
};

export async function* piecesOf(
  chunks: AsyncIterable<string>,
  format: ImportFormat,
): AsyncGenerator<Piece> {
  const cutter = format === 'csv' ? csvCutter() : jsonCutter();
  const pile = pileOf(format);
  for await (const chunk of chunks) {
    for (const character of chunk) {
      const record = cutter.push(character);
      const piece = record === null ? null : pile.add(record);
      if (piece !== null) yield piece;
    }
    if (pile.longest() > pieceTextAtMost) throw new ImportTooLarge();
  }
  const last = cutter.rest();
  const piece = last === null ? null : pile.add(last);
  if (piece !== null) yield piece;
  const rest = pile.take();
  if (rest !== null) yield rest;
}

const pileOf = (format: ImportFormat) => {
  let header: string | null = null;
  let records: string[] = [];
  let length = 0;
  let longest = 0;
  let total = 0;
  const textOf = (): string =>
    format === 'csv' ? [header ?? '', ...records].join('\n') : `[${records.join(',\n')}]`;
  const take = (): Piece | null => {
    if (records.length === 0) return null;
    const piece = {
      text: textOf(),
      firstRecord: total - records.length + 1,
      records: records.length,
    };
    records = [];
    length = 0;
    return piece;
  };
  return {
    take,
    longest: () => longest,
    /** The piece that is full with what came before this record, if it is. */
    add: (record: string): Piece | null => {
      longest = Math.max(longest, record.length);
      if (longest > pieceTextAtMost) throw new ImportTooLarge();
      if (format === 'csv' && header === null) {
        header = record.replace(/^\uFEFF/, '').replace(/\r$/, '');
        length = 0;
        return null;
      }
      const isFull =
        records.length >= importRecordsAtMost ||
        length + record.length + (header?.length ?? 0) > pieceTextAtMost;
      const full = isFull ? take() : null;
      records.push(record);
      length += record.length + 2;
      total += 1;
      if (total > importFileRecordsAtMost) throw new ImportTooLarge();
      return full;
    },
  };
};
