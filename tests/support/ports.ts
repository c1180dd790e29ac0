/**
 * Six free ports in a row for one product, below the ports that outgoing connections take. Each
 * process looks from another place on: two runs on one machine would find the same ones free.
 */
import { portsFrom, requireFree } from '#local/supervisor/ports.ts';

const firstBase = 18_080;
const lastBase = 27_000;
const portsNeeded = 6;

const places = Math.floor((lastBase - firstBase) / portsNeeded);

export const freeBase = async (): Promise<number> => {
  for (let tried = 0; tried < places; tried += 1) {
    const base = firstBase + ((process.pid + tried) % places) * portsNeeded;
    const free = await requireFree(portsFrom(base)).then(
      () => true,
      () => false,
    );
    if (free) return base;
  }
  throw new Error('no six free ports in a row');
};
