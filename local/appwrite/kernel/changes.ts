/**
 * The bus of changes. Listeners are called at once and in order of subscription; one that
 * throws is reported and does not keep the others from hearing.
 */
import type { Change, ChangeBus } from './types.ts';

export function createChangeBus(report: (error: unknown) => void): ChangeBus {
  const listeners = new Set<(change: Change) => void>();
  return {
    publish(change) {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          report(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
