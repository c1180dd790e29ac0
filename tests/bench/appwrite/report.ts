/** Rows of the bench: a figure, its aim, whether it is met; as a table or as one object. */
import type { Times } from './measure.ts';

export interface Aim {
  /** At most. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** At least. */
  readonly perSecond?: number;
  /** At most. */
  readonly memoryMiB?: number;
}

export interface Figure {
  readonly name: string;
  readonly measured: Partial<Times> & {
    readonly memoryMiB?: number;
    /** Of one processor, that the main thread had and that it waited for. */
    readonly processorPercent?: number;
    readonly waitPercent?: number;
  };
  /** The same, measured in the same run against a server that does next to nothing. */
  readonly floor?: Partial<Times>;
  readonly aim?: Aim;
}

const most = ['p50Ms', 'p99Ms', 'memoryMiB'] as const;

export function isMet({ measured, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  const small = most.every((key) => aim[key] === undefined || (measured[key] ?? NaN) <= aim[key]);
  return small && (aim.perSecond === undefined || (measured.perSecond ?? NaN) >= aim.perSecond);
}

function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function aimText(aim: Aim | undefined): string {
  if (aim === undefined) return '';
  const times = [aim.p50Ms, aim.p99Ms].map(number).join(' / ');
  return [
    aim.p50Ms === undefined && aim.p99Ms === undefined ? '' : `≤ ${times} ms`,
    aim.perSecond === undefined ? '' : `≥ ${aim.perSecond}/s`,
    aim.memoryMiB === undefined ? '' : `≤ ${aim.memoryMiB} MiB`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const words = { true: 'met', false: 'NOT MET', undefined: '' } as const;

function floorText(floor: Partial<Times> | undefined): string {
  if (floor === undefined) return '';
  const { p50Ms, p99Ms, perSecond } = floor;
  if (p50Ms === undefined) return perSecond === undefined ? '' : `${number(perSecond)}/s`;
  return `${number(p50Ms)} / ${number(p99Ms)}`;
}

export function printTable(figures: readonly Figure[]): void {
  console.log(
    '| measurement | p50 ms | p99 ms | per s | MiB | CPU % | no CPU % | floor | aim (p50 / p99) | |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const figure of figures) {
    const { p50Ms, p99Ms, perSecond, memoryMiB, processorPercent, waitPercent } = figure.measured;
    const measured = [p50Ms, p99Ms, perSecond, memoryMiB, processorPercent, waitPercent];
    const numbers = measured.map(number).join(' | ');
    const rest = [floorText(figure.floor), aimText(figure.aim), words[`${isMet(figure)}`]];
    console.log(`| ${figure.name} | ${numbers} | ${rest.join(' | ')} |`);
  }
}

/** JSON has no numbers that are none. */
const finite = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));

export function asObject(figures: readonly Figure[]): object {
  return Object.fromEntries(
    figures.map((figure) => {
      const { aim, floor, measured } = figure;
      const parts = {
        ...finite(measured),
        ...(floor === undefined ? {} : { floor: finite(floor) }),
        ...(aim === undefined ? {} : { aim, met: isMet(figure) }),
      };
      return [figure.name, parts];
    }),
  );
}
