/** Whether there is an engine to work with, said in one line before anything is started. */
import { createDocker, type Docker, dockerEnvironment } from './cli.ts';
import { lastLine } from './inspect.ts';

/** `up --wait` exists from here on. */
const oldestCompose = [2, 1, 1] as const;

/**
 * What `docker` is to be given: our own environment, or with a folder of plugins where Compose is
 * not installed for everybody. undefined when there is no Compose, or no docker at all.
 */
export async function findCompose(
  source: NodeJS.ProcessEnv,
  pluginFolder: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const own = dockerEnvironment(source);
  for (const each of [own, { ...own, DOCKER_CONFIG: pluginFolder }]) {
    const { exitCode } = await createDocker(each)({ args: ['compose', 'version'] });
    if (exitCode === 0) return each;
  }
  return undefined;
}

/** Throws with the reason when projects cannot be run. */
export async function requireEngine(docker: Docker): Promise<void> {
  const engine = await docker({ args: ['version', '--format', '{{.Server.Version}}'] });
  if (engine.exitCode === 127) throw new Error('there is no docker program in PATH');
  if (engine.exitCode !== 0)
    throw new Error(`no Docker engine answers: ${lastLine(engine.stderr)}`);
  const compose = await docker({ args: ['compose', 'version', '--short'] });
  if (compose.exitCode === 0 && isNewEnough(compose.stdout)) return;
  throw new Error(`Docker Compose ${oldestCompose.join('.')} or later is not installed`);
}

/** `2.26.1-4`, `v2.40.0`. Pure. */
export function isNewEnough(text: string): boolean {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})/.exec(text.trim());
  if (match === null) return false;
  const version = match.slice(1).map(Number);
  const differing = version.findIndex((part, index) => part !== oldestCompose[index]);
  return differing < 0 || (version[differing] ?? 0) > (oldestCompose[differing] ?? 0);
}
