/**
 * One call of a function: which function, which path, what goes in, what comes out. The site calls
 * through these, the entries route by them, so that a body has exactly one definition.
 * Answers travel as `{ok: true, value}` or as a failure of `errors.ts`.
 */
import type * as z from 'zod/mini';

export type FunctionName =
  | 'signup'
  | 'account'
  | 'workspaces'
  | 'checkout'
  | 'payapp'
  | 'runtime'
  | 'reconcile'
  | 'operator';

export interface Operation<Body extends z.ZodMiniType, Value extends z.ZodMiniType> {
  readonly function: FunctionName;
  /** Always POST. */
  readonly path: string;
  readonly body: Body;
  readonly value: Value;
}

export const operation = <Body extends z.ZodMiniType, Value extends z.ZodMiniType>(
  definition: Operation<Body, Value>,
): Operation<Body, Value> => definition;

export type BodyOf<O> = O extends Operation<infer Body, z.ZodMiniType> ? z.infer<Body> : never;
export type ValueOf<O> = O extends Operation<z.ZodMiniType, infer Value> ? z.infer<Value> : never;
