/** What an operation is, and the world it works on. */
import type * as z from 'zod/mini';
import type { Backend } from '../backend.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { DeploymentQueue } from '../deploy/queue.ts';
import { type Compose, maxRows, type Store } from '../store.ts';
import { ApiError } from './errors.ts';

export interface World {
  readonly store: Store;
  readonly queue: DeploymentQueue;
  readonly deployer: Deployer;
  readonly backend: Backend;
  readonly dataDir: string;
}

export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly input: z.ZodMiniType;
  readonly run: (input: never, world: World) => unknown;
}

export type Operations = Readonly<Record<string, Operation>>;

/** Queries come by GET with a query string. */
export function query<S extends z.ZodMiniType>(
  input: S,
  run: (input: z.infer<S>, world: World) => unknown,
): Operation {
  return { method: 'GET', input, run };
}

/** Mutations come by POST with JSON; undefined is answered with an empty body. */
export function mutation<S extends z.ZodMiniType>(
  input: S,
  run: (input: z.infer<S>, world: World) => unknown,
): Operation {
  return { method: 'POST', input, run };
}

export function composeOf(world: World, composeId: string): Compose {
  const row = world.store.compose(composeId);
  if (row === undefined) throw new ApiError('NOT_FOUND', 'Compose not found');
  return row;
}

export function refuseFull(rows: readonly unknown[]): void {
  if (rows.length < maxRows) return;
  throw new ApiError('INTERNAL_SERVER_ERROR', `stand-in keeps at most ${maxRows} rows of a kind`);
}
