/** What a guest sees is written out when the site is built. */
export const prerender = true;
