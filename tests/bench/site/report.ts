/** The site's figures beside their aims: a table for people, one object for programs. Pure. */

export interface Figures {
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly seo: number;
  readonly lcpMs: number;
  readonly cls: number;
  readonly tbtMs: number;
  readonly publicJsGzBytes: number;
  readonly flowJsGzBytes: number;
  readonly rowToPaintP99Ms: number;
}

interface Aim {
  readonly says: string;
  readonly least?: number;
  readonly most?: number;
  /** Figures after the point, and what is written behind. */
  readonly digits: number;
  readonly unit: string;
}

export const aims: Readonly<Record<keyof Figures, Aim>> = {
  performance: { says: 'Lighthouse: performance', least: 0.98, digits: 2, unit: '' },
  accessibility: { says: 'Lighthouse: accessibility', least: 1, digits: 2, unit: '' },
  bestPractices: { says: 'Lighthouse: best practices', least: 1, digits: 2, unit: '' },
  seo: { says: 'Lighthouse: SEO', least: 1, digits: 2, unit: '' },
  lcpMs: { says: 'largest contentful paint', most: 1_200, digits: 0, unit: ' ms' },
  cls: { says: 'layout shift', most: 0.02, digits: 3, unit: '' },
  tbtMs: { says: 'total blocking time', most: 50, digits: 0, unit: ' ms' },
  publicJsGzBytes: { says: 'public page, script', most: 50_000, digits: 0, unit: ' B' },
  flowJsGzBytes: { says: 'flow, script', most: 95_000, digits: 0, unit: ' B' },
  rowToPaintP99Ms: { says: 'row changed → painted, p99', most: 300, digits: 0, unit: ' ms' },
};

export const figureNames = Object.keys(aims) as readonly (keyof Figures)[];

/** The middle one; of an even number the upper of both. */
export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Of each figure its own median: one slow run moves none of them. */
export const medians = <Name extends string>(
  runs: readonly Readonly<Record<Name, number>>[],
  names: readonly Name[],
): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as Record<
    Name,
    number
  >;

export const isMet = (name: keyof Figures, value: number): boolean => {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = aims[name];
  // Nothing that was not measured is met.
  return value >= least && value <= most;
};

const written = ({ digits, unit }: Aim, value: number): string => `${value.toFixed(digits)}${unit}`;

export const tableOf = (figures: Figures): readonly string[] =>
  figureNames.map((name) => {
    const aim = aims[name];
    const bound = aim.least === undefined ? `≤${written(aim, aim.most ?? 0)}` : `≥${aim.least}`;
    const verdict = isMet(name, figures[name]) ? 'met' : 'NOT MET';
    const value = written(aim, figures[name]).padStart(12);
    return `${aim.says.padEnd(28)} ${value}   aim ${bound.padEnd(12)} ${verdict}`;
  });

const decimals = 4;

export const jsonOf = (figures: Figures): string =>
  JSON.stringify(
    Object.fromEntries(figureNames.map((name) => [name, Number(figures[name].toFixed(decimals))])),
  );
