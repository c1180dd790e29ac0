/** The `connect-src` of one installation: itself, its API over HTTP and WebSocket, its runtimes. */

export interface Installation {
  readonly endpoint: string;
  /** Such as `https://*.runtimes.example.com`; without it every https host stays allowed. */
  readonly runtimeOrigin?: string;
}

export const connectSources = ({ endpoint, runtimeOrigin }: Installation): readonly string[] => {
  const { origin } = new URL(endpoint);
  return ["'self'", origin, origin.replace(/^http/, 'ws'), runtimeOrigin ?? 'https:'];
};

const directive = /connect-src [^;"]*/;

/** Throws when a page has no such directive: a build without its policy must not be shipped. */
export const narrowPolicy = (page: string, sources: readonly string[]): string => {
  if (!directive.test(page)) throw new Error('The page has no connect-src to narrow.');
  return page.replace(directive, () => `connect-src ${sources.join(' ')}`);
};
