/** Nothing here is for guests: drawn in the browser alone, from the fallback page. */
export const ssr = false;
