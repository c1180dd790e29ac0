/**
 * Error types with their HTTP status and default message, as Appwrite 1.9.6 answers them
 * (recorded, or from the types and codes of the fact sheet). `%s` takes the values given to
 * `AppwriteError.of`.
 */
import { ACCESS_ERRORS } from './error-types-access.ts';
import { COMPUTE_ERRORS } from './error-types-compute.ts';
import { DATA_ERRORS } from './error-types-data.ts';

export type ErrorTable = Readonly<Record<string, readonly [code: number, message: string]>>;

export const ERROR_TYPES = { ...ACCESS_ERRORS, ...COMPUTE_ERRORS, ...DATA_ERRORS };

export type ErrorType = keyof typeof ERROR_TYPES;
