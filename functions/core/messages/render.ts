/**
 * A notice as a mail: subject, and one simple HTML page whose text reads well without its tags,
 * because that is what a mail provider makes of it for readers of plain text. Whatever a customer
 * named is escaped. Pure.
 */
import { readMessageValues } from '#schemas/record/message.ts';
import type { Locale, MessageKind } from '#schemas/contract/vocabulary.ts';
import { english } from './en.ts';
import { korean } from './ko.ts';
import type { Letter, LetterFrame, Telling } from './letter.ts';
import { tellingIn } from './telling.ts';

export interface Mail {
  /** At most 78 characters, one line. */
  readonly subject: string;
  readonly html: string;
}

export interface Reader {
  readonly locale: Locale;
  readonly now: Date;
  /** Address of the site; a notice's own link is a path below it. */
  readonly siteUrl: string;
}

const frames: Readonly<Record<Locale, LetterFrame>> = { ko: korean, en: english };

/** Null: the values are not those of this kind, and nothing half-filled goes out. */
export const renderMail = (kind: MessageKind, values: string, reader: Reader): Mail | null => {
  const known = readMessageValues(kind, values);
  if (known === null) return null;
  const frame = frames[reader.locale];
  // The values were just checked against the schema of this very kind.
  const write = frame.letters[kind] as (values: unknown, tell: Telling) => Letter;
  const letter = write(known, tellingIn(reader.locale, reader.now));
  const url = new URL(known.path, reader.siteUrl).toString();
  return {
    subject: letter.subject,
    html: page(letter, { url, footer: frame.footer(kind), reader }),
  };
};

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? '');

const anchor = (label: string, url: string): string =>
  `<p>${escape(label)}:<br>\n<a href="${escape(url)}">${escape(url)}</a></p>`;

const isWebAddress = (url: string): boolean => /^https?:\/\/[^\s"<>]+$/.test(url);

/** Line ends between all blocks: without its tags it still has its paragraphs. */
const page = (
  letter: Letter,
  around: { readonly url: string; readonly footer: string; readonly reader: Reader },
): string => {
  const { lines, facts = [], link, elsewhere } = letter;
  const table = facts.map(([name, value]) => `<p>${escape(name)}: <b>${escape(value)}</b></p>`);
  const receipt =
    elsewhere !== undefined && isWebAddress(elsewhere.url)
      ? [anchor(elsewhere.label, elsewhere.url)]
      : [];
  const body = [
    ...lines.map((line) => `<p>${escape(line)}</p>`),
    ...table,
    anchor(link, around.url),
    ...receipt,
    `<p><small>${escape(around.footer)}</small></p>`,
  ];
  return [
    `<!doctype html>`,
    `<html lang="${around.reader.locale}"><head><meta charset="utf-8"></head>`,
    `<body style="font-family: sans-serif; line-height: 1.6; max-width: 36em">`,
    body.join('\n\n'),
    '</body></html>',
    '',
  ].join('\n');
};
