/** What reconciling a runtime needs, and the bounds of one run. */
import type { Teams } from '#ports/accounts.ts';
import type { Deployer, TenantAgent } from '#ports/runtime.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import type { StackSettings } from './stack.ts';

export interface ReconcileDeps {
  readonly store: Store;
  readonly deployer: Deployer;
  readonly agent: TenantAgent;
  readonly teams: Teams;
  readonly stack: StackSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
}

export type RuntimeRecord = Stored<'runtimes'>;

export interface RunBudget {
  readonly runMs: number;
  readonly maxSteps: number;
  /** Longest pause inside a run; anything longer is left to a later one. */
  readonly maxPauseMs: number;
  /** False: it does what can be done now, and leaves the row due where it would have to wait. */
  readonly stays: boolean;
}

/** A sweep ends before the next minute's begins. */
export const sweepBudget: RunBudget = {
  runMs: 50_000,
  maxSteps: 300,
  maxPauseMs: 5_500,
  stays: true,
};
/**
 * A run started by an event stays with its runtime through a whole deployment: somebody is
 * watching, and a minute's sweep would come too late. Below the function's timeout (300 s).
 */
export const eventBudget: RunBudget = {
  runMs: 240_000,
  maxSteps: 1_500,
  maxPauseMs: 5_500,
  stays: true,
};
