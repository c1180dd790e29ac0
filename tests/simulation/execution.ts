/**
 * One execution of a function: it may be killed at any call and at any fault point, before or after
 * the effect, and then never hears of it; what it held (a lease) stays behind. A killed execution's
 * promises simply never settle, as those of a dead process.
 */
import { StoreUnavailable } from '#ports/store.ts';
import type { World } from './world.ts';

export type Ended<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed' }
  | { readonly kind: 'died' };

/** Errors that our own code is known to throw when it gives up; anything else is a bug. */
const knownFailures: readonly string[] = [
  'order.contended',
  'runtime.contended',
  'timeline.contended',
  'autopay.contended',
];

const isKnown = (error: unknown): boolean =>
  error instanceof StoreUnavailable ||
  (error instanceof Error && knownFailures.includes(error.message));

/** The adapters give up on a call after 15 s at most. */
const slowestCallMs = 14_000;
const callsBeforeDeathAtMost = 60;
const pointsBeforeDeathAtMost = 6;

export class Execution {
  alive = true;
  readonly world: World;
  readonly name: string;
  readonly skewMs: number;
  #callsLeft = Number.POSITIVE_INFINITY;
  #pointsLeft = Number.POSITIVE_INFINITY;
  #onDeath: () => void = () => undefined;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    const { random, weather, isCalm } = world;
    this.skewMs = isCalm ? 0 : random.int(-300, 300);
    if (!random.chance(weather.kill)) return;
    if (random.chance(0.5)) this.#callsLeft = random.int(1, callsBeforeDeathAtMost);
    else this.#pointsLeft = random.int(1, pointsBeforeDeathAtMost);
  }

  get nowMs(): number {
    return this.world.functionNowMs + this.skewMs;
  }

  kill(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.world.note(this.name, `died: ${why}`);
    this.#onDeath();
  }

  whenDead(listener: () => void): void {
    this.#onDeath = listener;
  }

  /** One call to the outside; `effect` happens there when the request arrives. */
  call<T>(latencyMs: number, effect: () => T): Promise<T> {
    if (!this.alive) return new Promise(() => undefined);
    const { random, scheduler, weather } = this.world;
    this.#callsLeft -= 1;
    const isLast = this.#callsLeft === 0;
    if (isLast && random.chance(0.5)) {
      this.kill('before a call');
      return new Promise(() => undefined);
    }
    const delayMs = random.chance(weather.slow)
      ? Math.min(latencyMs * random.int(10, 200), slowestCallMs)
      : latencyMs;
    return new Promise((resolve, reject) => {
      scheduler.after(delayMs, () => {
        // The request of a process that died meanwhile may have left it, or not.
        if (!this.alive && random.chance(0.5)) return;
        try {
          const value = effect();
          if (isLast) this.kill('after a call');
          if (this.alive) resolve(value);
        } catch (error) {
          if (this.alive) reject(error instanceof Error ? error : new Error('unknown'));
        }
      });
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.scheduler.after(Math.max(1, ms), () => {
        if (this.alive) resolve();
      });
    });
  }

  async reach(point: string): Promise<void> {
    this.#pointsLeft -= 1;
    if (this.#pointsLeft !== 0) return;
    this.world.diedAt.add(point);
    this.kill(`at ${point}`);
    return new Promise(() => undefined);
  }
}

/** Starts an execution; it is cut off after `timeoutMs`, as Appwrite does. */
export const execute = <T>(
  world: World,
  about: { readonly name: string; readonly timeoutMs: number },
  body: (execution: Execution) => Promise<T>,
): Promise<Ended<T>> =>
  new Promise((resolve) => {
    const execution = new Execution(world, about.name);
    let isOver = false;
    world.active += 1;
    const end = (ended: Ended<T>): void => {
      if (isOver) return;
      isOver = true;
      execution.alive = false;
      world.active -= 1;
      resolve(ended);
    };
    execution.whenDead(() => end({ kind: 'died' }));
    world.scheduler.after(about.timeoutMs, () => execution.kill('timed out'));
    body(execution).then(
      (value) => end({ kind: 'answered', value }),
      (error: unknown) => {
        if (!isKnown(error)) world.violate(0, `${about.name} threw ${describe(error)}`);
        world.note(about.name, `failed: ${describe(error)}`);
        end({ kind: 'failed' });
      },
    );
  });

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : 'something';
