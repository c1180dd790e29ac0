import { describe, expect, it } from 'vitest';
import { figureNames, isMet, jsonOf, median, medians, tableOf } from './report.ts';
import type { Figures } from './report.ts';

const good: Figures = {
  performance: 0.99,
  accessibility: 1,
  bestPractices: 1,
  seo: 1,
  lcpMs: 1_200,
  cls: 0,
  tbtMs: 50,
  publicJsGzBytes: 49_000,
  flowJsGzBytes: 95_000,
  rowToPaintP99Ms: 300,
};

describe('figures of the site', () => {
  it('each figure is its own median, whichever run it came from', () => {
    const runs = [
      { lcpMs: 900, tbtMs: 400 },
      { lcpMs: 3_000, tbtMs: 20 },
      { lcpMs: 1_000, tbtMs: 30 },
    ];
    expect(medians(runs, ['lcpMs', 'tbtMs'])).toEqual({ lcpMs: 1_000, tbtMs: 30 });
    expect(median([])).toBeNaN();
  });

  it('an aim is met on its bound and missed beyond it, whichever way it looks', () => {
    expect(figureNames.filter((name) => !isMet(name, good[name]))).toEqual([]);
    expect(isMet('lcpMs', 1_201)).toBe(false);
    expect(isMet('performance', 0.97)).toBe(false);
    expect(isMet('seo', 0.99)).toBe(false);
  });

  it('what was not measured is not met', () => {
    expect(isMet('rowToPaintP99Ms', Number.NaN)).toBe(false);
    expect(tableOf({ ...good, rowToPaintP99Ms: Number.NaN }).at(-1)).toContain('NOT MET');
  });

  it('a program gets these keys and no others', () => {
    const read = JSON.parse(jsonOf(good)) as Record<string, number>;
    expect(Object.keys(read)).toEqual([
      'performance',
      'accessibility',
      'bestPractices',
      'seo',
      'lcpMs',
      'cls',
      'tbtMs',
      'publicJsGzBytes',
      'flowJsGzBytes',
      'rowToPaintP99Ms',
    ]);
    expect(read).toEqual(good);
  });
});
