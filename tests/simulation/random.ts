/** The one source of chance in a simulated world: the same seed gives the same world. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: number) {
    this.#a = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
    this.#b = Math.imul(seed + 0x7f4a7c15, 0xc2b2ae35);
    this.#c = seed ^ 0x165667b1;
    for (let warm = 0; warm < 12; warm += 1) this.#next();
  }

  /** Whole number in [low, high]. */
  int(low: number, high: number): number {
    return low + (this.#next() % (high - low + 1));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.#next() < probability * 0x100000000;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.int(0, items.length - 1)] ?? items[0];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** sfc32: 32 fair bits. */
  #next(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
