/** What a notice says, before it is put into a mail. */
import type { MessageKind } from '#schemas/contract/vocabulary.ts';
import type { MessageValues } from '#schemas/record/message.ts';

export interface Letter {
  readonly subject: string;
  /** One paragraph each, plain text. */
  readonly lines: readonly string[];
  /** Name and value, both plain text. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** What the link to the site is called. */
  readonly link: string;
  /** A page of somebody else: PayApp's receipt. */
  readonly elsewhere?: { readonly label: string; readonly url: string };
}

/** How values are told in one language. */
export interface Telling {
  /** A name that a customer gave, short enough for a subject. */
  readonly short: (name: string) => string;
  readonly won: (amountKrw: number) => string;
  /** Day and time, with its time zone where the reader could take it for another. */
  readonly at: (iso: string) => string;
  /** Whole days left, rounded up; null = less than one, or over. */
  readonly daysTo: (iso: string) => number | null;
}

export type Letters = {
  readonly [K in MessageKind]: (values: MessageValues<K>, tell: Telling) => Letter;
};

export interface LetterFrame {
  readonly letters: Letters;
  /** Why this mail came, and that nobody reads an answer to it. */
  readonly footer: (kind: MessageKind) => string;
}
