/**
 * One line of the gateway's log file as a person reads it. Guarantees: pure, never throws; every text
 * of it went through `mask`, is cut to the contract's length, and holds no control character (they
 * move a terminal's cursor, or turn the direction of writing, and so lie).
 */
import type { LogLine } from '#schemas/contract/watch.ts';
import { logLevels, logTextAtMost } from '#schemas/contract/watch.ts';
import { mask } from './mask.ts';

const sourceAtMost = 64;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
/** Colours of a terminal, then every other control and direction mark but the line's own breaks. */
const colours = /\u001b\[[0-9;?]{0,16}[A-Za-z]/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

type Fields = Readonly<Record<string, unknown>>;

export function readLine(raw: string): LogLine {
  const fields = parse(raw);
  if (fields === null) return { at: null, level: null, source: '', text: clean(raw) };
  const meta = asFields(fields['_meta']);
  const at = fields['time'] ?? meta['date'];
  const named = meta['logLevelName'] ?? fields['level'];
  const level = typeof named === 'string' ? named.toLowerCase() : '';
  return {
    at: typeof at === 'string' && isoTime.test(at) ? at : null,
    level: logLevels.find((known) => known === level) ?? null,
    source: clean(sourceOf(meta, fields)).slice(0, sourceAtMost),
    text: clean(textOf(fields)),
  };
}

function clean(text: string): string {
  const plain = text.replace(colours, '').replace(controls, '');
  const short = mask(plain);
  return short.length <= logTextAtMost ? short : `${short.slice(0, logTextAtMost - 1)}…`;
}

function parse(raw: string): Fields | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : null;
  } catch {
    return null;
  }
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The logger's name is JSON of its own: `{"subsystem":"gateway"}`. */
function sourceOf(meta: Fields, fields: Fields): string {
  const { name } = meta;
  const named = typeof name === 'string' ? parse(name) : null;
  const source = named?.['subsystem'] ?? named?.['module'] ?? fields['subsystem'];
  return typeof source === 'string' ? source : '';
}

/** What was said, then what it was said about. */
function textOf(fields: Fields): string {
  const parts = Object.keys(fields)
    .filter((key) => /^\d{1,2}$/.test(key) && key !== '0')
    .map((key) => fields[key]);
  const { message } = fields;
  const about = parts.filter((part) => typeof part === 'object' && part !== null);
  const said = typeof message === 'string' ? [message] : parts.filter((p) => typeof p === 'string');
  return [...said, ...about.map((part) => JSON.stringify(part))].join(' ');
}
