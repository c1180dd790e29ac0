/** Errors in the forms Dokploy answers them: tRPC's for operations, plain text for transport. */
import * as z from 'zod/mini';

const httpStatus = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INTERNAL_SERVER_ERROR: 500,
} as const;
export type ErrorCode = keyof typeof httpStatus;

/** Thrown by an operation; everything in it is shown to the caller. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Answer {
  readonly status: number;
  /** undefined: an empty body, still announced as JSON. */
  readonly json?: unknown;
  readonly text?: string;
  readonly contentType?: string;
}

export function errorAnswer(code: ErrorCode, message: string, path?: string): Answer {
  const data = { code, httpStatus: httpStatus[code], ...(path ? { path } : {}), zodError: null };
  return { status: httpStatus[code], json: { message, code, data } };
}

export function validationAnswer(error: z.core.$ZodError, path: string): Answer {
  const code = 'BAD_REQUEST';
  const zodError = z.flattenError(error);
  const message = 'Input validation failed';
  const data = { code, httpStatus: 400, path, zodError };
  return { status: 400, json: { message, code, data, issues: error.issues } };
}

/** No key, wrong key and used-up key look the same, and unlike every other error. */
export const unauthorizedAnswer: Answer = {
  status: 401,
  json: { message: 'Unauthorized' },
  contentType: 'application/json; charset=utf-8',
};
