/**
 * A Docker engine for tests: the one that runs here, or one of our own where this process is root
 * and Docker is installed; it lives in a folder of its own and ends with the tests.
 */
import { join } from 'node:path';
import { createDocker } from '../docker/cli.ts';
import { findCompose, requireEngine } from '../docker/engine.ts';
import { canOwnEngine, startOwnEngine } from '../docker/daemon.ts';

export interface TestEngine {
  /** By what `docker` finds it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** Where `npm test` puts Compose on a system whose packages have none. */
export const ownPlugins = join(import.meta.dirname, '../../../.local/docker');

/** `why`: in a few words why there is no engine. */
export async function openEngine(): Promise<TestEngine | { readonly why: string }> {
  const environment = await findCompose(process.env, ownPlugins);
  if (environment === undefined) return { why: 'docker compose is not installed' };
  const problem = await whyNot(environment);
  if (problem === undefined) return { environment, stop: () => Promise.resolve() };
  return canOwnEngine() ? startEngine(environment) : { why: problem };
}

async function whyNot(environment: Environment): Promise<string | undefined> {
  try {
    await requireEngine(createDocker(environment));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

async function startEngine(
  environment: Environment,
): Promise<TestEngine | { readonly why: string }> {
  try {
    return await startOwnEngine(environment);
  } catch (error) {
    return { why: error instanceof Error ? error.message : 'unknown' };
  }
}
