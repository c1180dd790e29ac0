/**
 * Refusals as Appwrite answers them: `{message, code, type, version}` with the HTTP status of
 * the type. Anything else that is thrown becomes a 500 whose cause goes to the log only.
 */
import { ERROR_TYPES, type ErrorType } from './error-types.ts';
import { storageProblem } from './store.ts';
import type { Json } from './types.ts';

export type { ErrorType };
export const SERVER_VERSION = '1.9.6';

export class AppwriteError extends Error {
  readonly type: string;
  readonly code: number;

  /** `message` and `code` replace the defaults of the type. */
  constructor(type: ErrorType, message?: string, code?: number) {
    const [defaultCode, defaultMessage] = ERROR_TYPES[type];
    super(message ?? defaultMessage);
    this.name = 'AppwriteError';
    this.type = type;
    this.code = code ?? defaultCode;
  }

  /** The default message with `values` in the places of `%s`. */
  static of(type: ErrorType, ...values: readonly string[]): AppwriteError {
    let next = 0;
    const message = ERROR_TYPES[type][1].replace(/%s/g, () => values[next++] ?? '');
    return new AppwriteError(type, message);
  }
}

export function errorBody(error: AppwriteError): Json {
  return {
    message: error.message,
    code: error.code,
    type: error.type,
    version: SERVER_VERSION,
  };
}

/** Unexpected failures tell the caller nothing about themselves. */
export function asAppwriteError(error: unknown, report: (error: unknown) => void): AppwriteError {
  if (error instanceof AppwriteError) return error;
  report(error);
  const disk = storageProblem(error);
  if (disk !== undefined) return new AppwriteError('general_server_error', disk, 503);
  return new AppwriteError('general_unknown');
}
