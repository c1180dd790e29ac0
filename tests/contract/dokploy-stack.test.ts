/**
 * The tenant's own stack, as the product renders it, on a Docker engine: hardened as promised, walled
 * off from its neighbour, and the gateway sees the agent from the one address that it trusts. Small
 * programs stand for gateway and agent. Without an engine this file says so and is skipped.
 */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import { networkOf, renderComposeFile } from '#core/runtime/compose-file.ts';
import { createDocker } from '#local/dokploy/docker/cli.ts';
import {
  agentImage,
  gatewayImage,
  importTestImages,
  removeTestImages,
} from '#local/dokploy/testing/docker-images.ts';
import { openEngine } from '#local/dokploy/testing/engine.ts';
import { apiKey, createHarness } from '#local/dokploy/testing/harness.ts';
import type { Harness } from '#local/dokploy/testing/harness.ts';
import type { Deployer } from '#ports/runtime.ts';
import { noLog, valueOf } from '#tests/support/dokploy-services.ts';
import { eventually } from '#tests/support/http.ts';

const opened = await openEngine();
const engine = 'why' in opened ? undefined : opened;
if ('why' in opened) {
  console.warn(`SKIPPED: the tenant's stack was not tried in containers: ${opened.why}`);
}
const docker = createDocker(engine?.environment ?? {});

let harness: Harness;
let deployer: Deployer;

beforeAll(async () => {
  if (engine === undefined) return;
  await importTestImages(docker);
  const { environment } = engine;
  harness = await createHarness([], { kind: 'docker', environment });
  const settings = { url: harness.dokploy.apiOrigin, apiKey, timeoutMs: 10_000 };
  deployer = openDokploy({ ...settings, slowTimeoutMs: 60_000 }, noLog);
});
afterAll(async () => {
  if (engine === undefined) return;
  await harness.remove();
  await removeTestImages(docker);
  await engine.stop();
});

interface Tenant {
  readonly host: string;
  readonly appName: string;
  readonly network: ReturnType<typeof networkOf>;
}

const hostOf = (name: string): string => `${name}.runtimes.test`;

const deploy = async (name: string, seed: readonly [number, number, number]): Promise<Tenant> => {
  const file = renderComposeFile({
    ...{ runtimeId: name, host: hostOf(name), scheme: 'http', siteOrigin: 'http://site.test' },
    ...{ openclawImage: gatewayImage, agentImage, controlPlaneKeys: '{"keys":[]}' },
    ...{ memoryMiB: 256, cpus: 1, networkSeed: seed },
  });
  const place = valueOf(await deployer.ensureProject('tenants'));
  const { composeId } = valueOf(await deployer.ensureCompose({ ...place, name }));
  const routed = { serviceName: 'agent', servicePort: 8080, https: false, waitSeconds: 60 };
  valueOf(await deployer.configure(composeId, { ...routed, file, host: hostOf(name) }));
  valueOf(await deployer.deploy(composeId, 'first'));
  const status = await eventually(
    async () => valueOf(await deployer.deploymentStatus(composeId, 'first')).status,
    (seen) => seen === 'done' || seen === 'error',
    90_000,
  );
  if (status === 'error') throw new Error(valueOf(await deployer.failureLog(composeId, 'first')));
  const { name: appName } = valueOf(await deployer.composeStatus(composeId));
  return { host: hostOf(name), appName, network: networkOf(seed) };
};

/** Through the ingress, to the tenant's agent. */
const ask = async ({ host }: Tenant, path: string): Promise<string> => {
  const call = request(harness.dokploy.ingressOrigin + path, { headers: { host }, agent: false });
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return text(answer);
};

const settings = z.array(
  z.object({
    Name: z.string(),
    Config: z.object({ User: z.string() }),
    HostConfig: z.object({
      ReadonlyRootfs: z.boolean(),
      CapDrop: z.array(z.string()),
      SecurityOpt: z.array(z.string()),
      PortBindings: z.nullable(z.record(z.string(), z.unknown())),
    }),
  }),
);

describe.skipIf(engine === undefined)('the tenant\u2019s stack in containers', () => {
  let one: Tenant;
  let other: Tenant;
  beforeAll(async () => {
    one = await deploy('one', [1, 2, 0x30]);
    other = await deploy('other', [1, 2, 0x40]);
  });

  test('runs as user 1000 with a read-only root, no capability, and publishes no port', async () => {
    const names = ['bootstrap', 'openclaw', 'agent'].map((each) => `${one.appName}-${each}-1`);
    const { stdout } = await docker({ args: ['container', 'inspect', ...names] });
    for (const each of settings.parse(JSON.parse(stdout))) {
      expect(each.Config.User).toBe('1000:1000');
      expect(each.HostConfig).toMatchObject({
        ...{ ReadonlyRootfs: true, CapDrop: ['ALL'] },
        SecurityOpt: ['no-new-privileges:true'],
      });
      expect(Object.keys(each.HostConfig.PortBindings ?? {})).toEqual([]);
    }
  });

  test('the gateway sees the agent from the address it trusts, isolated network or not', async () => {
    const { env } = z
      .object({ env: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await ask(one, '/')));
    const gateway = (env['GATEWAY_URL'] ?? '').replace('ws://', '');
    const seen = await ask(one, `/seen-by/${gateway}`);
    expect(seen).toBe(one.network.agent);
    expect(seen).toBe(env['AGENT_ADDRESS']);
  });

  test('a neighbour is out of reach on every network', async () => {
    expect(await ask(one, `/reach/${one.network.openclaw}:18789`)).toBe('reached');
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const names = ['openclaw', 'agent'].map((each) => `${other.appName}-${each}-1`);
    const { stdout } = await docker({ args: ['inspect', '--format', format, ...names] });
    const addresses = stdout.split(/\s+/).filter((each) => each !== '');
    expect(addresses).toHaveLength(4);
    const tried = addresses.flatMap((each) => [`${each}:8080`, `${each}:18789`]);
    const seen = await Promise.all(tried.map((each) => ask(one, `/reach/${each}`)));
    expect(seen).not.toContain('reached');
  });
});
