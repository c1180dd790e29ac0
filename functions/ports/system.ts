/** Time, ids, log and fault points: everything core may not touch. */

export interface Clock {
  now(): Date;
  /** Resolves after `ms`; bounded by the caller's own budget. */
  sleep(ms: number): Promise<void>;
}

export interface Ids {
  /** 20 lower-case hex digits, an Appwrite id. */
  newId(): string;
  /** Random text of `[A-Za-z0-9]`, 128 bits or more. */
  newToken(): string;
  /** First 36 hex digits of SHA-256: a deterministic Appwrite id. */
  idFrom(...parts: readonly string[]): string;
  sha256Hex(text: string): string;
}

/** One line per decision: what happened, to whom, why. Never a payload, never a secret. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  warn(event: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  error(event: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
}

/** Named places where a crash is tried in tests; does nothing in production. */
export interface FaultPoint {
  reach(name: string): Promise<void>;
}

/** A setting is missing or unusable: its name, never its value. The function refuses to work. */
export class Misconfigured extends Error {
  override readonly name = 'Misconfigured';
}
