/** One line of the doctor: what was looked at, how it is, and what to do about it. */
import type { Api } from '#ops/deploy/api.ts';
import type { Installation } from '#ops/deploy/installation.ts';
import type { Environment } from '#ops/env/schema.ts';

export type Level = 'ok' | 'warning' | 'failure';

export interface Finding {
  /** Stable: `dokploy.version`. */
  readonly id: string;
  readonly level: Level;
  readonly message: string;
  /** Empty where there is nothing to do. */
  readonly fix: string;
}

export interface Context {
  readonly env: Environment;
  readonly installation: Installation;
  /** The project, with its key. */
  readonly api: Api;
  readonly now: () => number;
}

/** Looks at one thing, or at one kind of thing. What it throws is a failure of its own. */
export interface Check {
  readonly id: string;
  look(context: Context): Promise<readonly Finding[]>;
}

export const ok = (id: string, message: string): Finding => ({ id, level: 'ok', message, fix: '' });
export const warning = (id: string, message: string, fix: string): Finding => ({
  ...{ id, level: 'warning', message, fix },
});
export const failure = (id: string, message: string, fix: string): Finding => ({
  ...{ id, level: 'failure', message, fix },
});

/** `good` if it holds, `bad` otherwise. */
export const judge = (holds: boolean, good: Finding, bad: Finding): Finding => (holds ? good : bad);

export const deployAgain = 'npm run deploy';
