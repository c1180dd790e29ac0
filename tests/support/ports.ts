/** Six free ports in a row for one product, below the ports that outgoing connections take. */
import { portsFrom, requireFree } from '#local/supervisor/ports.ts';

const firstBase = 18_080;
const lastBase = 27_000;
const portsNeeded = 6;

export const freeBase = async (): Promise<number> => {
  for (let base = firstBase; base < lastBase; base += portsNeeded) {
    const free = await requireFree(portsFrom(base)).then(
      () => true,
      () => false,
    );
    if (free) return base;
  }
  throw new Error('no six free ports in a row');
};
