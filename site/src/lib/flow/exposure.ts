/** The proof that a runtime is closed to strangers, as the timeline keeps it. */
import * as z from 'zod/mini';
import { exposureReport } from '#schemas/contract/agent.ts';
import type { ExposureReport } from '#schemas/contract/agent.ts';

export type ExposureLine = ExposureReport['checks'][number];

const proof = z.object({ checks: exposureReport.shape.checks });

/** Null: the text is no such proof, or holds words this page does not know. */
export const exposureLines = (detail: string): readonly ExposureLine[] | null => {
  try {
    const parsed = proof.safeParse(JSON.parse(detail));
    return parsed.success ? parsed.data.checks : null;
  } catch {
    return null;
  }
};

export const exposureKinds = ['exposure_proven', 'exposure_failed'] as const;
export type ExposureKind = (typeof exposureKinds)[number];

const kinds: ReadonlySet<string> = new Set(exposureKinds);
export const isExposureKind = (kind: string): kind is ExposureKind => kinds.has(kind);

export interface Proof {
  readonly kind: ExposureKind;
  readonly at: string;
  readonly lines: readonly ExposureLine[];
}

interface Entry {
  readonly kind: string;
  readonly at: string;
  readonly detail: string;
}

/** Of entries in any order; one whose detail cannot be read is passed over. */
export const newestProof = (entries: readonly Entry[]): Proof | null => {
  const newest = entries
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .flatMap(({ kind, at, detail }): Proof[] => {
      const lines = isExposureKind(kind) ? exposureLines(detail) : null;
      return isExposureKind(kind) && lines !== null ? [{ kind, at, lines }] : [];
    });
  return newest[0] ?? null;
};
