/** Nothing here is for guests or search engines: drawn in the browser alone, from the fallback page. */
export const ssr = false;
