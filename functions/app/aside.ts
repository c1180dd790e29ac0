/** How long a row that could not be settled is left alone, so that it holds up no other. */
import { isPassing } from '#ports/store.ts';

const badRowMs = 10 * 60_000;
/** The store was away, or others wrote: that is over soon, and somebody may wait for it. */
const passingMs = 60_000;

/** In ms. `error`: why it could not be settled. */
export const asideMs = (error: unknown): number => (isPassing(error) ? passingMs : badRowMs);
