/**
 * A tenant server in a box: a Docker engine of its own, Dokploy's stand-in that deploys to it, TLS
 * before it, OpenAI's stand-in that its containers reach, and the control plane's own adapters.
 * Guarantees: the file that is deployed is the one the product renders; after `close` no container,
 * network, volume, daemon or socket of it is left.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTenantAgent } from '#adapters/agent/client.ts';
import { createTickets, publicKeySet } from '#adapters/agent/tickets.ts';
import type { SigningKey } from '#adapters/agent/tickets.ts';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import { system } from '#adapters/system/system.ts';
import { createDocker } from '#local/dokploy/docker/cli.ts';
import type { Docker } from '#local/dokploy/docker/cli.ts';
import type { OwnEngine } from '#local/dokploy/docker/daemon.ts';
import { apiKey, createHarness } from '#local/dokploy/testing/harness.ts';
import type { Harness } from '#local/dokploy/testing/harness.ts';
import { createOpenAi } from '#local/openai/openai.ts';
import type { OpenAi } from '#local/openai/openai.ts';
import { openBridge } from '#local/supervisor/containers.ts';
import type { Bridge } from '#local/supervisor/containers.ts';
import { openTenantEngine, scratchFolder, sweep } from '#local/supervisor/tenant-engine.ts';
import { openclawFor } from '#local/supervisor/tenant-images.ts';
import type { Deployer, TenantAgent, Tickets } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { openTlsIngress } from './tls-ingress.ts';
import type { TlsIngress } from './tls-ingress.ts';

export interface House {
  readonly engine: OwnEngine;
  readonly docker: Docker;
  readonly deployer: Deployer;
  readonly agent: TenantAgent;
  readonly tickets: Tickets;
  /** Public keys as the tenant's environment gets them. */
  readonly controlPlaneKeys: string;
  readonly openAi: OpenAi;
  readonly openclawImage: string;
  readonly tls: TlsIngress;
  /** The proxy's way in; gone with the networks when the engine goes down. */
  openBridge(): Promise<void>;
  closeBridge(): Promise<void>;
  close(): Promise<void>;
}

export const siteOrigin = 'https://site.test';
export const tenantNames = ['acme', 'other'] as const;
export type TenantName = (typeof tenantNames)[number];
export const hostNameOf = (name: TenantName): string => `${name}.runtimes.test`;

const newKey = (): SigningKey => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'tenant-tests' } };
};

const quiet = (): void => undefined;
const log: Log = { info: quiet, warn: quiet, error: quiet };

const portOf = (origin: string): number => Number(new URL(origin).port);

/** What is open, closed in reverse; the first trouble is thrown once everything was tried. */
class Openings {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const troubles: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (trouble) {
        troubles.push(trouble);
      }
    }
    if (troubles.length > 0) throw new AggregateError(troubles, 'the house did not close');
  }
}

interface Foundation {
  readonly engine: OwnEngine;
  readonly docker: Docker;
  readonly openAi: OpenAi;
  readonly harness: Harness;
  readonly tls: TlsIngress;
}

const layFoundation = async (openings: Openings): Promise<Foundation> => {
  const engine = await openTenantEngine();
  openings.add(() => engine.stop());
  const { environment } = engine;
  openings.add(() => sweep(environment));
  const folder = mkdtempSync(join(tmpdir(), 'tenant-house-'));
  openings.add(() => rmSync(folder, { recursive: true, force: true }));
  const openAi = await createOpenAi({ port: 0, proxyPort: 0, dataDir: join(folder, 'openai') });
  openings.add(() => openAi.close());
  const tls = await openTlsIngress(tenantNames.map(hostNameOf));
  openings.add(() => tls.close());
  const harness = await createHarness([], { kind: 'docker', environment });
  openings.add(() => harness.remove());
  tls.forwardTo(portOf(harness.dokploy.ingressOrigin));
  return { engine, docker: createDocker(environment), openAi, harness, tls };
};

/** The way from the containers to the stand-in of OpenAI, which can be closed and opened again. */
const createWay = ({ engine, openAi }: Foundation) => {
  let bridge: Bridge | undefined;
  return {
    open: async (): Promise<string> => {
      bridge ??= await openBridge(engine.environment, portOf(openAi.proxy));
      return bridge.proxyUrl;
    },
    close: async (): Promise<void> => {
      await bridge?.close();
      bridge = undefined;
    },
  };
};

export const openHouse = async (): Promise<House> => {
  const openings = new Openings();
  try {
    const foundation = await layFoundation(openings);
    const { engine, docker, openAi, harness, tls } = foundation;
    const way = createWay(foundation);
    openings.add(() => way.close());
    const reach = { proxyUrl: await way.open(), caPath: openAi.caPath };
    const openclawImage = await openclawFor({ docker, scratch: scratchFolder }, reach);
    const dokploy = { url: harness.dokploy.apiOrigin, apiKey, timeoutMs: 10_000 };
    const key = newKey();
    const tickets = createTickets(key, system);
    return {
      ...{ engine, docker, openAi, openclawImage, tls, tickets },
      deployer: openDokploy({ ...dokploy, slowTimeoutMs: 120_000 }, log),
      agent: createTenantAgent({ scheme: 'https', address: '127.0.0.1' }, tickets),
      controlPlaneKeys: publicKeySet(key),
      openBridge: async () => {
        await way.open();
      },
      closeBridge: () => way.close(),
      close: () => openings.close(),
    };
  } catch (error) {
    await openings.close();
    throw error;
  }
};
