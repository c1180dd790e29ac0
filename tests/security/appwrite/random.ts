/** Reproducible randomness: the same seed gives the same inputs, so a finding can be met again. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Bytes changed, cut, doubled or put in. */
  mutated(input: Buffer): Buffer {
    let output = Buffer.from(input);
    for (let rounds = 1 + this.below(4); rounds > 0; rounds -= 1) {
      const at = this.below(output.length + 1);
      const [head, tail] = [output.subarray(0, at), output.subarray(at)];
      switch (this.below(5)) {
        case 0:
          output = Buffer.concat([head, this.bytes(1 + this.below(4)), tail.subarray(1)]);
          break;
        case 1:
          output = Buffer.from(head);
          break;
        case 2:
          output = Buffer.concat([head, head.subarray(-this.below(64)), tail]);
          break;
        case 3:
          output = Buffer.concat([head, tail.subarray(this.below(16))]);
          break;
        default:
          output = Buffer.concat([
            head,
            Buffer.from(this.pick(['\r\n', '\0', '%', '"', ':'])),
            tail,
          ]);
      }
    }
    return output;
  }
}
