/**
 * The bus of changes. Listeners are called in order of subscription, once the write behind the
 * change is safe on the disk, and in the order of the writes; one that throws is reported and does
 * not keep the others from hearing. Where the disk failed, nobody hears.
 */
import type { Change, ChangeBus } from './types.ts';

type Listener = (change: Change) => void;

export function createChangeBus(
  report: (error: unknown) => void,
  durable: () => Promise<void> | undefined = () => undefined,
): ChangeBus {
  const listeners = new Set<Listener>();
  /** Rounds of the disk under way, the oldest first; each with what waits for it. */
  let newest: { readonly safe: Promise<void>; readonly changes: Change[] } | undefined;
  const deliver = (change: Change): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        report(error);
      }
    }
  };
  const hold = (change: Change, safe: Promise<void>): void => {
    if (newest?.safe === safe) {
      newest.changes.push(change);
      return;
    }
    const round = { safe, changes: [change] };
    newest = round;
    safe.then(() => {
      if (newest === round) newest = undefined;
      round.changes.forEach(deliver);
    }, report);
  };
  return {
    publish(change) {
      const safe = durable();
      if (safe === undefined) deliver(change);
      else hold(change, safe);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
