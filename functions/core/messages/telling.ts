/** Amounts and times in the reader's language: Korean in Korean time, English in UTC and saying so. */
import type { Locale } from '#schemas/contract/vocabulary.ts';
import type { Telling } from './letter.ts';

const dayMs = 24 * 60 * 60_000;
/** With the longest sentence around it, a subject stays below 78 characters. */
const shortLength = 24;

const shorten = (name: string): string => {
  // Line ends and other control characters have no place in a subject.
  const line = name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const letters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  return letters.length <= shortLength
    ? letters.join('')
    : `${letters.slice(0, shortLength - 1).join('')}…`;
};

const places = {
  ko: { tag: 'ko-KR', timeZone: 'Asia/Seoul', suffix: '' },
  en: { tag: 'en-US', timeZone: 'UTC', suffix: ' UTC' },
} as const satisfies Readonly<Record<Locale, object>>;

export const tellingIn = (locale: Locale, now: Date): Telling => {
  const { tag, timeZone, suffix } = places[locale];
  const clock = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short', timeZone });
  const count = new Intl.NumberFormat(tag);
  return {
    short: shorten,
    won: (amountKrw) =>
      locale === 'ko' ? `${count.format(amountKrw)}원` : `₩${count.format(amountKrw)}`,
    // Some versions put a narrow space there that mail programs show as a box.
    at: (iso) => clock.format(new Date(iso)).replaceAll('\u202F', ' ') + suffix,
    daysTo: (iso) => {
      const left = Math.ceil((Date.parse(iso) - now.getTime()) / dayMs);
      return left < 1 ? null : left;
    },
  };
};
