/** Words first: the page is written in Korean when it is built, and in the reader's language after. */
import { browser } from '$app/env';
import { loadBase } from '#lib/copy/index.ts';
import { browserLocale } from '#lib/copy/locale.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async () => {
  const locale = browser ? browserLocale() : 'ko';
  return { locale, base: await loadBase(locale) };
};
