/**
 * One simulated world: true rows, PayApp, machines, people's accounts, and the clock. Executions of
 * functions come and go in it; the checkers see every write and every answer.
 */
import type { Account } from '#ports/accounts.ts';
import type { PlantedBug } from './planted.ts';
import { Random } from './random.ts';
import { Rows } from './rows.ts';
import { Scheduler } from './scheduler.ts';
import type { Weather } from './weather.ts';
import { drawWeather } from './weather.ts';

export interface Violation {
  /** Number of the line in docs/invariants.md. */
  readonly invariant: number;
  readonly what: string;
  readonly atMs: number;
}

export interface TraceLine {
  readonly atMs: number;
  readonly text: string;
}

/** Worth knowing that it happened at all. */
export type Sight =
  'export_open' | 'updated' | 'update_taken_back' | 'restored' | 'restore_returned';

export const epochMs = Date.UTC(2026, 10, 23, 9);
const traceLinesAtMost = 4_000;

export class World {
  readonly random: Random;
  readonly scheduler = new Scheduler(epochMs);
  readonly rows = new Rows();
  readonly accounts = new Map<string, Account>();
  readonly teams = new Map<string, Map<string, 'owner' | 'member' | 'billing'>>();
  readonly violations: Violation[] = [];
  readonly trace: TraceLine[] = [];
  /** Which named fault points somebody died at. */
  readonly diedAt = new Set<string>();
  /** What came to pass, so that nobody takes a quiet world for a proven one. */
  readonly seen = new Set<Sight>();
  readonly bug: PlantedBug | null;
  readonly tracing: boolean;
  weather: Weather;
  isCalm = false;
  /** How far the functions' clocks are from true time. */
  clockOffsetMs = 0;
  /** Executions under way. */
  active = 0;
  /** The image that is rolled out now. */
  imageVersion = 1;

  constructor(options: {
    readonly seed: number;
    readonly bug: PlantedBug | null;
    readonly tracing: boolean;
  }) {
    this.random = new Random(options.seed);
    this.bug = options.bug;
    this.tracing = options.tracing;
    this.weather = drawWeather(this.random);
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  /** Time as functions see it. */
  get functionNowMs(): number {
    return this.scheduler.nowMs + this.clockOffsetMs;
  }

  violate(invariant: number, what: string): void {
    this.violations.push({ invariant, what, atMs: this.nowMs });
    this.note('VIOLATION', `${invariant}: ${what}`);
  }

  note(who: string, what: string): void {
    if (!this.tracing || this.trace.length >= traceLinesAtMost) return;
    this.trace.push({ atMs: this.nowMs - epochMs, text: `${who} ${what}` });
  }
}
