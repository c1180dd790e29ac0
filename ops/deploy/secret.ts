/** A value that cannot be printed or serialised by accident; `reveal` is where it is used. */
import { inspect } from 'node:util';

const shown = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/** Shorter ones would blank out ordinary words; real keys and passwords are longer. */
const shortestHidden = 8;

/** Other people's words (the CLI's, a server's) without the values we know to be secret. */
export const redactor = (secrets: readonly Secret[]): ((text: string) => string) => {
  const values = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= shortestHidden)
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, shown), text);
};
