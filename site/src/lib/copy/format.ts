/** Amounts, times and durations as the reader's language writes them. */
import type { Locale } from '#schemas/contract/vocabulary.ts';

const tagOf = (locale: Locale): string => (locale === 'ko' ? 'ko-KR' : 'en-GB');

export const formatKrw = (locale: Locale, priceKrw: number): string =>
  locale === 'ko'
    ? `${new Intl.NumberFormat('ko-KR').format(priceKrw)}원`
    : `₩${new Intl.NumberFormat('en-GB').format(priceKrw)}`;

export const formatTime = (locale: Locale, iso: string): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(tagOf(locale), { dateStyle: 'medium', timeStyle: 'short' }).format(
    time,
  );
};

export const formatDate = (locale: Locale, iso: string): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(tagOf(locale), { dateStyle: 'medium' }).format(time);
};

const unit = (locale: Locale, value: number, name: 'second' | 'minute' | 'hour' | 'day'): string =>
  new Intl.NumberFormat(tagOf(locale), { style: 'unit', unit: name, unitDisplay: 'long' }).format(
    value,
  );

/** Two units at most; below a minute in seconds. */
export const formatDuration = (locale: Locale, milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return unit(locale, seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = seconds % 60;
    const whole = unit(locale, minutes, 'minute');
    return rest === 0 ? whole : `${whole} ${unit(locale, rest, 'second')}`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return unit(locale, Math.floor(hours / 24), 'day');
  const rest = minutes % 60;
  const whole = unit(locale, hours, 'hour');
  return rest === 0 ? whole : `${whole} ${unit(locale, rest, 'minute')}`;
};

/** Whole GiB where it is whole. */
export const formatMiB = (locale: Locale, mebibytes: number): string => {
  const number = new Intl.NumberFormat(tagOf(locale));
  return mebibytes % 1_024 === 0
    ? `${number.format(mebibytes / 1_024)} GiB`
    : `${number.format(mebibytes)} MiB`;
};

/** Milliseconds, with seconds where they read better. */
export const formatLatency = (locale: Locale, milliseconds: number): string => {
  const format = new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits: 1 });
  return milliseconds < 1_000
    ? `${format.format(Math.round(milliseconds))} ms`
    : `${format.format(milliseconds / 1_000)}${locale === 'ko' ? '초' : ' s'}`;
};

/** Binary units, as limits are given; one digit where it says more. */
export const formatBytes = (locale: Locale, bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value = bytes;
  let at = 0;
  while (value >= 1_024 && at < units.length - 1) {
    value /= 1_024;
    at += 1;
  }
  const maximumFractionDigits = value < 10 && at > 0 ? 1 : 0;
  const number = new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits }).format(value);
  return `${number} ${units[at] ?? ''}`;
};
