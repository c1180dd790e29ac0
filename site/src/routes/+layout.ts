/** Words first: the page is written in Korean when it is built, and in the reader's language after. */
import { browser } from '$app/env';
import { loadBase } from '#lib/copy/index.ts';
import { browserLocale } from '#lib/copy/locale.ts';
import { nextTurn } from '#lib/state/next-turn.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async () => {
  const locale = browser ? browserLocale() : 'ko';
  const base = await loadBase(locale);
  // The program has just been read and started; drawing the page is as long again.
  if (browser) await nextTurn();
  return { locale, base };
};
