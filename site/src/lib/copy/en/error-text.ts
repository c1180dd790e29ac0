/** What happened, then what helps. */
export interface ErrorText {
  readonly cause: string;
  readonly next: string;
}
