/** Small services on the Dokploy of the contract tests, made and deployed through the Deployer port. */
import { openDokploy } from '#adapters/dokploy/connect.ts';
import type { ComposeConfig, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { openTestDokploy, testProjects } from '#tests/support/dokploy.ts';
import type { StackChanges, TestDokploy } from '#tests/support/dokploy.ts';
import { eventually } from '#tests/support/http.ts';
import { unique } from '#tests/support/product.ts';

const quiet = (): void => undefined;
export const noLog: Log = { info: quiet, warn: quiet, error: quiet };

export const valueOf = <T>(outcome: DeployerOutcome<T>): T => {
  if (outcome.kind !== 'ok') throw new Error(`ended as ${JSON.stringify(outcome)}`);
  return outcome.value;
};

export interface DokployServices {
  readonly dokploy: TestDokploy;
  readonly deployer: Deployer;
  readonly place: { readonly projectId: string; readonly environmentId: string };
  /** What `clear` removes; a test adds what it made past `create`. */
  readonly made: string[];
  create(serverId?: string): Promise<string>;
  config(changes?: StackChanges): ComposeConfig;
  /** Deployed to its end, whichever that was. */
  deployed(changes?: StackChanges, serverId?: string): Promise<{ id: string; title: string }>;
  /** No faults and no services any more. */
  clear(): Promise<void>;
}

export const openServices = async (servers: readonly string[] = []): Promise<DokployServices> => {
  const dokploy = await openTestDokploy(servers);
  const settings = { url: dokploy.url(), apiKey: dokploy.apiKey, timeoutMs: 10_000 };
  const deployer = openDokploy({ ...settings, slowTimeoutMs: 30_000 }, noLog);
  const place = valueOf(await deployer.ensureProject(`${testProjects}suite`));
  const made: string[] = [];
  const create = async (serverId?: string): Promise<string> => {
    const where = { ...place, ...(serverId === undefined ? {} : { serverId }) };
    const { composeId } = valueOf(await deployer.ensureCompose({ ...where, name: unique('rt-') }));
    made.push(composeId);
    return composeId;
  };
  const config = (changes: StackChanges = {}): ComposeConfig => ({
    file: dokploy.stack(changes),
    host: `${unique('acme-')}.runtimes.test`,
    https: false,
    serviceName: 'agent',
    servicePort: 8080,
    waitSeconds: 30,
  });
  return {
    ...{ dokploy, deployer, place, made, create, config },
    deployed: async (changes, serverId) => {
      const id = await create(serverId);
      const title = unique('deploy-');
      valueOf(await deployer.configure(id, config(changes)));
      valueOf(await deployer.deploy(id, title));
      await eventually(
        async () => valueOf(await deployer.deploymentStatus(id, title)).status,
        (status) => status === 'done' || status === 'error',
        60_000,
      );
      return { id, title };
    },
    clear: async () => {
      await dokploy.clearFaults();
      for (const id of made.splice(0)) await deployer.remove(id, { volumes: true });
    },
  };
};
