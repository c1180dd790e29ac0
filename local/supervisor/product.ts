/**
 * The whole product on one machine: built, started, deployed, seeded. Used by `start`, `demo` and
 * the tests alike, so that all of them run the same thing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '#ops/deploy/build.ts';
import { step } from './output.ts';
import { deploy } from './deploy.ts';
import { installOpenClaw } from './openclaw.ts';
import { startParts, stopParts } from './parts.ts';
import type { Part } from './part.ts';
import { root } from './paths.ts';
import type { Places } from './paths.ts';
import { requireFree } from './ports.ts';
import type { Ports } from './ports.ts';
import { loadSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import { ensureMailProvider, ensureOperator, ensureServer, makeInvite } from './seed.ts';
import { variableValues } from './variables.ts';
import { worldOn } from './world.ts';
import type { World } from './world.ts';

export { buildAll };

export interface Product {
  readonly world: World;
  readonly secrets: Secrets;
  readonly parts: readonly Part[];
  invite(note: string): Promise<string>;
  stop(): Promise<void>;
}

/** Equal: what runs there is what would be deployed. */
const deploymentHash = (values: Readonly<Record<string, string>>): string => {
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const file of ['appwrite.json', 'dist/.functions-hash', 'dist/.site-hash']) {
    hash.update(existsSync(join(root, file)) ? readFileSync(join(root, file)) : '');
  }
  return hash.digest('hex');
};

const deployUnlessSame = async (
  places: Places,
  input: { readonly world: World; readonly secrets: Secrets },
): Promise<void> => {
  const values = variableValues(input.world, input.secrets);
  const marker = join(places.state, 'deployed');
  const hash = deploymentHash(values);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  await step('Deploying with appwrite-cli from appwrite.json', (note) =>
    deploy({ ...input, values, folder: places.deploy, logs: places.logs }, note),
  );
  writeFileSync(marker, hash);
};

export const startProduct = async (places: Places, ports: Ports): Promise<Product> => {
  await requireFree(ports);
  await installOpenClaw();
  await step('Building functions, agent and site', () => buildAll());
  const world = worldOn(ports);
  const secrets = loadSecrets(places.secrets);
  const isFirst = !existsSync(join(places.appwrite)) || readdirSync(places.appwrite).length === 0;
  const parts = await step(
    'Starting Appwrite, PayApp, Dokploy, OpenAI and bucket stand-ins',
    (note) => startParts({ world, places, secrets }, (part) => note(part.name)),
  );
  try {
    if (isFirst) writeFileSync(join(places.state, 'deployed'), '');
    await deployUnlessSame(places, { world, secrets });
    await ensureOperator(world, secrets.appwriteKey, secrets.operatorPassword);
    await ensureMailProvider(world, secrets.appwriteKey);
    await ensureServer(world, secrets.appwriteKey);
  } catch (error) {
    await stopParts(parts);
    throw error;
  }
  return {
    world,
    secrets,
    parts,
    invite: (note) => makeInvite(world, secrets.appwriteKey, note),
    stop: () => stopParts(parts),
  };
};
