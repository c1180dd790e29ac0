/** What the commands end with, so that scripts can tell; documented in docs/deploy.md. */
export const exitCodes = {
  done: 0,
  /** Something did not work; what to do was said. */
  failed: 1,
  /** Wrong arguments, or a `.env` that is not complete. Nothing was touched. */
  usage: 2,
  /** Something would be lost that was not confirmed by name. Nothing was touched. */
  refused: 3,
  /** `--plan` found changes. Nothing was touched. */
  changes: 4,
} as const;

/** Wrong arguments or settings: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
