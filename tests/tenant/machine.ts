/** What an operator of the tenant server sees and does: docker's own words, the kernel's signals. */
import * as z from 'zod';
import { eventually } from '#tests/support/http.ts';
import type { House } from './house.ts';
import { containerOf } from './tenant.ts';
import type { Service, Tenant } from './tenant.ts';

const timeoutMs = 120_000;

/** What docker prints, without its last line end. Throws with its reason. */
export const dockerLine = async (house: House, args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await house.docker({ args, timeoutMs });
  if (exitCode !== 0) throw new Error(`docker ${args[0] ?? ''}: ${stderr.trim()}`);
  return stdout.trim();
};

const event = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
});

export interface ContainerEvent {
  /** `oom`, `die`, `start`, … */
  readonly action: string;
  /** Only of `die`. */
  readonly exitCode: string | undefined;
}

/** Now, as `docker events --since` takes it. */
export const since = (): string => String(Date.now() / 1_000);

export const eventsOf = async (
  house: House,
  tenant: Tenant,
  use: { readonly service: Service; readonly since: string },
): Promise<readonly ContainerEvent[]> => {
  const name = containerOf(tenant, use.service);
  const span = ['--since', use.since, '--until', since()];
  const args = ['events', ...span, '--filter', `container=${name}`, '--format', '{{json .}}'];
  const lines = (await dockerLine(house, args)).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { Action, Actor } = event.parse(JSON.parse(line));
    return { action: Action, exitCode: Actor.Attributes['exitCode'] };
  });
};

/** By the kernel: Docker takes a kill of its own for a wish to stop, and would not start again. */
export const killFromOutside = async (
  house: House,
  tenant: Tenant,
  service: Service,
): Promise<void> => {
  const args = ['inspect', '--format', '{{.State.Pid}}', containerOf(tenant, service)];
  const pid = Number(await dockerLine(house, args));
  if (!(pid > 1)) throw new Error(`${service} does not run`);
  process.kill(pid, 'SIGKILL');
};

export const addressOn = (house: House, container: string, network: string): Promise<string> => {
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  return dockerLine(house, ['inspect', '--format', format, container]);
};

/** A cold start takes 13–43 s on two shared cores; Docker waits longer after each death. */
const healthyWithinMs = 240_000;

export const healthy = async (house: House, tenant: Tenant, service: Service): Promise<void> => {
  const format = '{{.State.Health.Status}}';
  await eventually(
    () => dockerLine(house, ['inspect', '--format', format, containerOf(tenant, service)]),
    (status) => status === 'healthy',
    healthyWithinMs,
  );
};

/** What agent and gateway said last, for whoever reads why a test failed. */
export const sayLastWords = async (house: House, tenant: Tenant): Promise<void> => {
  for (const service of ['agent', 'openclaw'] as const) {
    const args = ['logs', '--tail', '40', containerOf(tenant, service)];
    const { stdout, stderr } = await house.docker({ args, timeoutMs });
    console.error(`── ${service} said last ──\n${stdout}${stderr}`);
  }
};
