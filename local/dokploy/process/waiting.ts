/**
 * What `docker compose up` waits for: `depends_on` conditions always, health with `--wait`.
 * Guarantees: every wait ends, by state, by its timeout or by the signal; messages are Compose's.
 */
import { ComposeError, type ComposeProject, type ComposeService } from '../compose/model.ts';
import type { Container } from './container.ts';

/** Compose waits for a dependency without limit; this is ours. */
const dependencyTimeoutMs = 15 * 60_000;

interface Waiting {
  readonly containers: ReadonlyMap<string, Container>;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function waitForDependencies(
  use: Waiting & { readonly service: ComposeService },
): Promise<void> {
  const timeout = AbortSignal.timeout(dependencyTimeoutMs);
  const signal = AbortSignal.any([use.signal, timeout]);
  for (const [name, condition] of use.service.dependsOn) {
    const container = use.containers.get(name);
    if (container === undefined || condition === 'service_started') continue;
    use.print(` Container ${container.spec.name}  Waiting`);
    if (condition === 'service_completed_successfully') {
      await completed(container, signal);
      use.print(` Container ${container.spec.name}  Exited`);
      continue;
    }
    await healthy(container, signal).catch((error: unknown) => {
      if (!(error instanceof ComposeError)) throw error;
      use.print(` Container ${container.spec.name}  Error`);
      throw new ComposeError(`dependency failed to start: ${error.message}`);
    });
    use.print(` Container ${container.spec.name}  Healthy`);
  }
}

export async function waitUntilUp(
  use: Waiting & { readonly project: ComposeProject; readonly waitTimeoutMs: number },
): Promise<void> {
  const limitMs = use.waitTimeoutMs > 0 ? use.waitTimeoutMs : dependencyTimeoutMs;
  const timeout = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([use.signal, timeout]);
  const oneShot = new Set(
    use.project.services.flatMap(({ dependsOn }) =>
      [...dependsOn].flatMap(([name, condition]) =>
        condition === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  );
  const waits = use.project.services.map(async ({ name }) => {
    const container = use.containers.get(name);
    if (container === undefined) return;
    use.print(` Container ${container.spec.name}  Waiting`);
    if (oneShot.has(name)) {
      await completed(container, signal);
      use.print(` Container ${container.spec.name}  Exited`);
      return;
    }
    if (container.health.state === 'none') await running(container, signal);
    else await healthy(container, signal);
    use.print(` Container ${container.spec.name}  Healthy`);
  });
  try {
    await Promise.all(waits);
  } catch (error) {
    if (error instanceof ComposeError || !timeout.aborted) throw error;
    throw new ComposeError(`application not healthy after ${limitMs / 1_000}s`);
  }
}

async function completed(container: Container, signal: AbortSignal): Promise<void> {
  await container.until(() => container.state === 'exited', signal);
  if (container.exitCode === 0) return;
  throw new ComposeError(
    `service "${container.spec.service}" didn't complete successfully: ` +
      `exit ${container.exitCode ?? 0}`,
  );
}

async function running(container: Container, signal: AbortSignal): Promise<void> {
  await container.until(() => ['running', 'exited'].includes(container.state), signal);
  refuseExited(container);
}

async function healthy(container: Container, signal: AbortSignal): Promise<void> {
  const { name } = container.spec;
  if (container.health.state === 'none') {
    throw new ComposeError(`container ${name} has no healthcheck configured`);
  }
  await container.until(
    () => container.state === 'exited' || container.health.state !== 'starting',
    signal,
  );
  refuseExited(container);
  if (container.health.state === 'unhealthy') {
    throw new ComposeError(`container ${name} is unhealthy`);
  }
}

function refuseExited(container: Container): void {
  if (container.state !== 'exited') return;
  throw new ComposeError(`container ${container.spec.name} exited (${container.exitCode ?? 0})`);
}
