/**
 * Virtual time. Everything that takes time is an entry here; entries run in order of time and then
 * of insertion, one by one, and whatever promises an entry settles have run out before the next one
 * starts. So a run depends on nothing but its seed.
 */
interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (left: Entry, right: Entry): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);

export class Scheduler {
  nowMs: number;
  /** Entries run so far. */
  steps = 0;
  readonly #heap: Entry[] = [];
  #order = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** Time of the next entry, or null when nothing is under way. */
  get nextMs(): number | null {
    return this.#heap[0]?.atMs ?? null;
  }

  after(ms: number, run: () => void): void {
    this.#push({ atMs: this.nowMs + ms, order: (this.#order += 1), run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs everything due up to `untilMs` and then stands there; at most `stepsAtMost` entries. */
  advance(untilMs: number, stepsAtMost: number): Promise<'arrived' | 'endless'> {
    const limit = this.steps + stepsAtMost;
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          const next = this.#heap[0];
          if (next === undefined || next.atMs > untilMs) {
            this.nowMs = Math.max(this.nowMs, untilMs);
            resolve('arrived');
            return;
          }
          if (this.steps >= limit) {
            resolve('endless');
            return;
          }
          this.#pop();
          this.steps += 1;
          this.nowMs = Math.max(this.nowMs, next.atMs);
          next.run();
          // Ticks run when the microtasks have run out, so the next entry meets a quiet world.
          queueMicrotask(later);
        } catch (error) {
          reject(error instanceof Error ? error : new Error('unknown'));
        }
      };
      const later = (): void => process.nextTick(turn);
      later();
    });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
