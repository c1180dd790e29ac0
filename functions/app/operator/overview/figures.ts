/** The overview's arithmetic. Pure. */
import type { FunnelStep, ReadyPhase } from '#schemas/contract/operator-overview.ts';
import { funnelSteps, readyPhases } from '#schemas/contract/operator-overview.ts';

const dayMs = 24 * 60 * 60_000;
const koreaAheadMs = 9 * 60 * 60_000;
const dayLength = 10;

export const koreanDayOf = (iso: string): string =>
  new Date(Date.parse(iso) + koreaAheadMs).toISOString().slice(0, dayLength);

/** `days` days, the last one today. */
export const daysUntil = (now: Date, days: number): readonly string[] =>
  Array.from({ length: days }, (_, index) =>
    koreanDayOf(new Date(now.getTime() - (days - 1 - index) * dayMs).toISOString()),
  );

/** Midnight in Korea, `days` − 1 days before today's. */
export const sinceOf = (now: Date, days: number): string => {
  const [first = ''] = daysUntil(now, days);
  return new Date(`${first}T00:00:00+09:00`).toISOString();
};

export const countByDay = (times: readonly (string | null)[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const time of times) {
    if (time === null) continue;
    const day = koreanDayOf(time);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
};

/** Nearest rank: always a time that really was. Null of none. */
export const percentile = (values: readonly number[], share: number): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
};

export interface Journey {
  readonly orderedAt: string;
  readonly paidAt: string | null;
  /** The runtime's status entries, oldest first. */
  readonly entries: readonly { readonly kind: string; readonly at: string }[];
}

type Spans = Partial<Record<ReadyPhase, number>>;

const usable: readonly string[] = ['runtime_running', 'runtime_auth_required', 'runtime_linking'];

/** Up to the first time it was ready; a phase whose ends are not both known is left out. */
export const spansOf = ({ orderedAt, paidAt, entries }: Journey): Spans => {
  const readyIndex = entries.findIndex(({ kind }) => kind === 'runtime_ready');
  if (readyIndex < 0) return {};
  const way = entries.slice(0, readyIndex);
  const readyAt = entries[readyIndex]?.at;
  const runsAt = way.find(({ kind }) => usable.includes(kind))?.at;
  const login = way.findLastIndex(
    ({ kind }) => kind === 'runtime_auth_required' || kind === 'runtime_linking',
  );
  // Linked when it runs again after the last login; from there the smoke is what is left.
  const linkedAt = login < 0 ? undefined : (way[login + 1]?.at ?? readyAt);
  const span = (from?: string | null, to?: string | null): number | undefined =>
    from == null || to == null ? undefined : Math.max(0, Date.parse(to) - Date.parse(from));
  const spans: Record<ReadyPhase, number | undefined> = {
    payment: span(orderedAt, paidAt),
    setup: span(paidAt, runsAt),
    login: span(runsAt, linkedAt),
    smoke: span(linkedAt, readyAt),
    whole: span(paidAt, readyAt),
  };
  return Object.fromEntries(Object.entries(spans).filter(([, value]) => value !== undefined));
};

export const timesOf = (journeys: readonly Journey[]) => {
  const spans = journeys.map(spansOf);
  return readyPhases.map((phase) => {
    const values = spans.flatMap((one) => one[phase] ?? []);
    return {
      phase,
      count: values.length,
      p50Ms: percentile(values, 0.5),
      p95Ms: percentile(values, 0.95),
    };
  });
};

/** Of people: how far each came; a step counts who came at least so far. */
export const funnelOf = (
  invited: number,
  reached: readonly ReadonlySet<FunnelStep>[],
): readonly { readonly step: FunnelStep; readonly count: number }[] =>
  funnelSteps.map((step) => ({
    step,
    count: step === 'invited' ? invited : reached.filter((steps) => steps.has(step)).length,
  }));
