/**
 * The JSON beside a task or a history entry as lines to read. What says nothing is left out, a name
 * this page has no word for stays under its own, and text that cannot be read stays as it came.
 */

/** Names our functions write; each has a word in the copy. */
export const detailKeys = [
  'mulNo',
  'orderId',
  'orderState',
  'runtimeId',
  'status',
  'promisedBy',
  'noticeId',
  'payState',
  'attempts',
  'code',
  'advice',
  'refundNo',
  'amountKrw',
  'account',
  'depositor',
  'reason',
  'refund',
  'refundedKrw',
  'revision',
  'from',
  'title',
  'log',
  'drift',
  'composeId',
  'name',
  'serverId',
  'lostSince',
  'memoryMiB',
  'containers',
  'checks',
  'tenantId',
  'documentId',
  'paidKrw',
  'messageKind',
  'workspaceId',
] as const;
export type DetailKey = (typeof detailKeys)[number];

export interface DetailLine {
  /** As it was written; empty where the text has no names. */
  readonly name: string;
  readonly known: DetailKey | null;
  readonly value: string | number;
  readonly shape: 'text' | 'won' | 'time' | 'memory' | 'log';
}

const known: ReadonlySet<string> = new Set(detailKeys);
const isKnown = (name: string): name is DetailKey => known.has(name);

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

const shapeOf = (name: string, value: string | number): DetailLine['shape'] => {
  if (typeof value === 'number') {
    if (name.endsWith('Krw')) return 'won';
    return name.endsWith('MiB') ? 'memory' : 'text';
  }
  if (isoTime.test(value)) return 'time';
  return value.includes('\n') ? 'log' : 'text';
};

const asItCame = (text: string): readonly DetailLine[] =>
  text.trim() === '' ? [] : [{ name: '', known: null, value: text, shape: 'log' }];

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

export const readDetail = (text: string): readonly DetailLine[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return asItCame(text);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return asItCame(text);
  return Object.entries(parsed).flatMap(([name, raw]: [string, unknown]) => {
    if (raw === null || raw === '') return [];
    const value = typeof raw === 'string' || typeof raw === 'number' ? raw : plainText(raw);
    return [{ name, known: isKnown(name) ? name : null, value, shape: shapeOf(name, value) }];
  });
};

const plainText = (value: unknown): string =>
  isPlain(value) ? String(value) : JSON.stringify(value);
