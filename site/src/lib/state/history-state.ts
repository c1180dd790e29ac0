/**
 * In place of devalue in the browser (`vite.config.ts`), a tenth of the kit's client. The kit writes
 * with it what a page keeps with an entry of the history, and snapshots of forms. This site keeps
 * nothing there: what is chosen stands in the address, what is typed in memory. Whoever begins to
 * keep something is told so at once, and takes this file out. Written as devalue writes it, so that
 * entries from before and after are read by either.
 */
const emptyState = '[{}]';

const refuse = (): never => {
  throw new Error('This site keeps nothing in its history: history-state.ts.');
};

const isEmpty = (state: unknown): boolean =>
  typeof state === 'object' &&
  state !== null &&
  Object.getPrototypeOf(state) === Object.prototype &&
  Object.keys(state).length === 0;

export const stringify = (state: unknown): string => (isEmpty(state) ? emptyState : refuse());

export const parse = (text: string): unknown => (text === emptyState ? {} : refuse());

/** For data of a server, of which this site has none. */
export const stringifyAsync = refuse;
export const uneval = refuse;
export const unflatten = refuse;
