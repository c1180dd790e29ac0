/**
 * What the pages of one installation may reach: its API over HTTP and WebSocket, and its runtimes,
 * which are also posted to when one of them is opened.
 */

export interface Installation {
  readonly endpoint: string;
  /** Such as `https://*.runtimes.example.com`; without it every https host stays allowed. */
  readonly runtimeOrigin?: string;
}

type Directive = 'connect-src' | 'form-action';
export type Sources = Readonly<Record<Directive, readonly string[]>>;

export const sourcesOf = ({ endpoint, runtimeOrigin }: Installation): Sources => {
  const { origin } = new URL(endpoint);
  const runtimes = runtimeOrigin ?? 'https:';
  return {
    'connect-src': ["'self'", origin, origin.replace(/^http/, 'ws'), runtimes],
    'form-action': ["'self'", runtimes],
  };
};

/** Throws when a page lacks a directive: a build without its policy must not be shipped. */
export const narrowPolicy = (page: string, sources: Sources): string =>
  (Object.entries(sources) as [Directive, readonly string[]][]).reduce((narrowed, [name, list]) => {
    const directive = new RegExp(`${name} [^;"]*`);
    if (!directive.test(narrowed)) throw new Error(`The page has no ${name} to narrow.`);
    return narrowed.replace(directive, () => `${name} ${list.join(' ')}`);
  }, page);
