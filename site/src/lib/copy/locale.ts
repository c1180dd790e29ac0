/** Which language: the choice made here before, else Korean for a Korean browser, else English. */
import type { Locale } from '#schemas/contract/vocabulary.ts';

const storageKey = 'hd.locale';

export const localeOf = (stored: string | null, languages: readonly string[]): Locale => {
  if (stored === 'ko' || stored === 'en') return stored;
  const known = languages
    .map((language) => language.toLowerCase().split('-')[0])
    .find((language) => language === 'ko' || language === 'en');
  return known === 'ko' ? 'ko' : 'en';
};

export const browserLocale = (): Locale => {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(storageKey);
  } catch {
    // Storage may be closed to us; the browser's languages still say enough.
  }
  return localeOf(stored, navigator.languages);
};

export const rememberLocale = (locale: Locale): void => {
  try {
    localStorage.setItem(storageKey, locale);
  } catch {
    // Then the choice lasts until the page is left.
  }
};
