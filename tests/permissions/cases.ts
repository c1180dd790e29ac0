/** Cases of a permission test, run a few at a time; what came out otherwise is told in words. */
import type { Verdict } from './rules.ts';
import type { Answer } from './world.ts';

export interface Case {
  readonly name: string;
  readonly run: () => Promise<Pick<Answer, 'status' | 'type'>>;
  readonly verdict: Verdict;
}

const width = 16;

/** Runs all cases a few at a time; the wrong ones in words. */
export const wrongOf = async (cases: readonly Case[]): Promise<string[]> => {
  const wrong: string[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < cases.length; at = next++) {
      const one = cases[at];
      if (one === undefined) return;
      const { status, type } = await one.run();
      const { verdict } = one;
      if (status === verdict.status && type === verdict.type) continue;
      wrong.push(`${one.name}: ${status} ${type}, not ${verdict.status} ${verdict.type}`);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return wrong;
};
