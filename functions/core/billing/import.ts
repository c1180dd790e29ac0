/**
 * Legacy documents as other systems write them, read one by one: each is a document of ours or a
 * reason why not. Pure. Names of columns are taken as they come in either case, with or without
 * separators; amounts with thousands separators and 원; dates as ISO 8601, a bare day is Korean.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import type { ImportRefusal } from '#schemas/contract/operator-billing.ts';
import { importRecordsAtMost } from '#schemas/contract/operator-billing.ts';
import type { BillingDocumentState } from '#schemas/contract/vocabulary.ts';
import { readCsv } from './csv.ts';
import { titleLength } from './document.ts';

export interface ImportedDocument {
  readonly documentId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly amountKrw: number;
  readonly status: BillingDocumentState;
  readonly title: string | null;
  readonly dueAt: string | null;
  readonly paidUntil: string | null;
  readonly phone: string | null;
}

export type ReadRecord =
  | { readonly kind: 'document'; readonly document: ImportedDocument }
  | {
      readonly kind: 'refused';
      readonly code: ImportRefusal;
      readonly documentId: string | null;
    };

type Fields = Readonly<Record<string, string>>;

const keyOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

const plainText = (value: unknown): string => {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
};

const fieldsOf = (entries: readonly (readonly [string, unknown])[]): Fields =>
  Object.fromEntries(entries.map(([name, value]) => [keyOf(name), plainText(value)]));

/** Null: it cannot be read at all, or holds more than one piece may. Refused records stay in place. */
export const readImport = (format: 'csv' | 'json', text: string): readonly ReadRecord[] | null => {
  const records = format === 'csv' ? csvRecords(text) : jsonRecords(text);
  if (records === null || records.length === 0 || records.length > importRecordsAtMost) return null;
  const seen = new Set<string>();
  return records.map((fields) => {
    if (fields === null) return { kind: 'refused', code: 'not_a_record', documentId: null };
    const read = readDocument(fields);
    if (read.kind === 'refused') return read;
    const { documentId } = read.document;
    if (seen.has(documentId)) return { kind: 'refused', code: 'duplicate_record', documentId };
    seen.add(documentId);
    return read;
  });
};

const required = ['documentid', 'tenantid', 'name', 'amountkrw'];

const csvRecords = (text: string): readonly Fields[] | null => {
  const [header = [], ...rows] = readCsv(text);
  const names = header.map(keyOf);
  if (required.some((name) => !names.includes(name))) return null;
  return rows.map((row) => fieldsOf(names.map((name, index) => [name, row[index] ?? ''])));
};

/** An array, or one record a line. */
const jsonRecords = (text: string): readonly (Fields | null)[] | null => {
  const whole = parsed(text.replace(/^\uFEFF/, ''));
  const values = Array.isArray(whole.value)
    ? (whole.value as readonly unknown[])
    : text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parsed(line).value]));
  if (values.every((value) => value === undefined)) return null;
  return values.map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? fieldsOf(Object.entries(value))
      : null,
  );
};

const parsed = (text: string): { readonly value: unknown } => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: undefined };
  }
};

const idShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/;
const nameLength = 64;

const states: Readonly<Partial<Record<string, BillingDocumentState>>> = {
  '': 'due',
  due: 'due',
  open: 'due',
  unpaid: 'due',
  active: 'due',
  overdue: 'due',
  paid: 'paid',
  settled: 'paid',
  void: 'void',
  cancelled: 'void',
  canceled: 'void',
  closed: 'void',
};

const readDocument = (fields: Fields): ReadRecord => {
  const at = (name: string): string => fields[name] ?? '';
  const documentId = at('documentid');
  const no = (code: ImportRefusal): ReadRecord => ({
    kind: 'refused',
    code,
    documentId: documentId === '' ? null : documentId.slice(0, nameLength),
  });
  if (!idShape.test(documentId)) return no('document_id_invalid');
  if (!idShape.test(at('tenantid'))) return no('tenant_id_invalid');
  const name = at('name');
  if (name === '' || name.length > nameLength) return no('name_invalid');
  const title = at('title');
  if (title.length > titleLength) return no('title_invalid');
  const amountKrw = wonOf(at('amountkrw'));
  if (amountKrw === null) return no('amount_invalid');
  const status = states[at('status').toLowerCase()];
  if (status === undefined) return no('status_unknown');
  const dueAt = timeOf(at('dueat'));
  const paidUntil = timeOf(at('paiduntil'));
  if (dueAt === undefined || paidUntil === undefined) return no('time_invalid');
  const phone = at('phone') === '' ? null : normalisePhone(at('phone'));
  if (phone === null && at('phone') !== '') return no('phone_invalid');
  const document = {
    documentId,
    tenantId: at('tenantid'),
    name,
    amountKrw,
    status,
    title: title === '' ? null : title,
    dueAt,
    paidUntil,
    phone,
  };
  return { kind: 'document', document };
};

const wonOf = (typed: string): number | null => {
  const digits = typed.replace(/[\s,₩]/g, '').replace(/(?:원|KRW)$/i, '');
  if (!/^\d{1,9}$/.test(digits)) return null;
  return isPriceKrw(Number(digits)) ? Number(digits) : null;
};

const day = /^\d{4}-\d\d-\d\d$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Undefined: no time at all. */
const timeOf = (text: string): string | null | undefined => {
  if (text === '') return null;
  if (!day.test(text) && !instant.test(text)) return undefined;
  const ms = Date.parse(day.test(text) ? `${text}T00:00:00+09:00` : text);
  if (Number.isNaN(ms)) return undefined;
  const iso = new Date(ms).toISOString();
  // 31 February is no day, though some engines roll it over.
  return day.test(text) && koreanDayOf(ms) !== text ? undefined : iso;
};

const koreaAheadMs = 9 * 60 * 60_000;
const dayLength = 10;
const koreanDayOf = (ms: number): string =>
  new Date(ms + koreaAheadMs).toISOString().slice(0, dayLength);
