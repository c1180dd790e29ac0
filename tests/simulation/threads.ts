/** Spreads numbered work over as many threads as there are processors: nothing is shared. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Every `stride`th number of [from, to). */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

const threadsAtMost = 8;

export const sharesOf = (from: number, count: number): readonly Share[] => {
  const stride = Math.min(availableParallelism(), threadsAtMost);
  return Array.from({ length: stride }, (_, index) => ({
    from: from + index,
    to: from + count,
    stride,
  }));
};

/** `script` answers its `workerData` with one message. */
export const inThread = <Totals>(script: string, share: Share): Promise<Totals> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(script), {
      workerData: share,
      // Worlds are short-lived: they should die young.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    worker.once('message', (totals: Totals) => resolve(totals));
    worker.once('error', reject);
  });
