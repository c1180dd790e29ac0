/** The one runtime whose life is measured, on the whole product with the real OpenClaw. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '#local/customer/customer.ts';
import { facts as factsSchema } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { eventually } from '#tests/support/http.ts';
import type { AnyRow, Owner, TestProduct } from '#tests/support/product.ts';

export interface Subject {
  readonly product: TestProduct;
  readonly owner: Owner;
  readonly runtimeId: string;
}

/** Longer than any of it takes on a busy machine. */
const withinMs = 600_000;

export const rowOf = ({ product, runtimeId }: Subject): Promise<AnyRow> =>
  product.admin.get('runtimes', runtimeId);
export const factsOf = (row: AnyRow): Facts => factsSchema.parse(JSON.parse(String(row['facts'])));

interface Target {
  readonly runtimeId: string;
  readonly revision: number;
}

const pressesAtMost = 10;

/** A command on the row as it is now; pressed again where somebody wrote to it meanwhile. */
export const press = async <T>(at: Subject, button: (target: Target) => Promise<T>): Promise<T> => {
  for (let presses = 1; ; presses += 1) {
    const { revision } = await rowOf(at);
    try {
      return await button({ runtimeId: at.runtimeId, revision: Number(revision) });
    } catch (error) {
      const isStale = error instanceof Refused && error.code === 'stale_revision';
      if (!isStale || presses === pressesAtMost) throw error;
    }
  }
};

/** Looked at all the time: the minute between two sweeps of the cron is in no figure. */
export const until = (at: Subject, holds: (row: AnyRow) => boolean): Promise<AnyRow> => {
  const look = async (): Promise<AnyRow> => {
    await at.product.sweep();
    return rowOf(at);
  };
  return eventually(look, holds, withinMs);
};

/** Seconds with one decimal. */
export const secondsOf = (ms: number): number => Math.round(ms / 100) / 10;
export const secondsSince = (startedMs: number): number => secondsOf(performance.now() - startedMs);

/** Of the only stack there is. */
export const volumeOf = ({ product }: Subject, name: string): string => {
  const volumes = join(product.places.dokploy, 'volumes');
  const [folder] = readdirSync(volumes).filter((one) => one.endsWith(name));
  if (folder === undefined) throw new Error(`no volume ${name}`);
  return join(volumes, folder);
};

export const expectSame = (what: string, seen: unknown, wanted: unknown): void => {
  if (seen !== wanted) throw new Error(`${what}: ${String(seen)} in place of ${String(wanted)}`);
};

export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
