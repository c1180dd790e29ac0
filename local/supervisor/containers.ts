/**
 * The tenants of this machine in containers instead of processes (DOKPLOY_BACKEND=docker): an engine
 * that is there, images made of what is installed here, and a way from the containers to the OpenAI
 * stand-in, which listens on loopback alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { sharedNetwork } from '../dokploy/docker/backend.ts';
import { createDocker } from '../dokploy/docker/cli.ts';
import type { Docker } from '../dokploy/docker/cli.ts';
import { findCompose, requireEngine } from '../dokploy/docker/engine.ts';
import { Ownership } from '../dokploy/docker/ownership.ts';
import { contentOf, importImage } from '../dokploy/docker/rootfs.ts';
import type { ImageRecipe } from '../dokploy/docker/rootfs.ts';
import { purgeOwn } from '../dokploy/docker/sweep.ts';
import { agentImage, openclawImage } from './images.ts';
import { SetupError } from './output.ts';
import { node, openclawFolder, root } from './paths.ts';
import type { Places } from './paths.ts';

type Environment = Readonly<Record<string, string>>;

/** Where Compose lies when it came with `npm test`. */
const pluginFolder = join(root, '.local', 'docker');
const maxConnections = 256;

export const wantsContainers = (): boolean => process.env['DOKPLOY_BACKEND'] === 'docker';

/** What the Dokploy stand-in needs to find the engine. */
export const engineEnvironment = async (): Promise<Environment> => {
  const environment = await findCompose(process.env, pluginFolder);
  if (environment === undefined) {
    throw new SetupError('DOKPLOY_BACKEND=docker needs docker with Compose 2.1.1 or later.');
  }
  try {
    await requireEngine(createDocker(environment));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new SetupError(`DOKPLOY_BACKEND=docker: ${reason}.`);
  }
  return environment;
};

export interface Bridge {
  /** The OpenAI stand-in's proxy as containers reach it. */
  readonly proxyUrl: string;
  close(): Promise<void>;
}

/** Listens on the machine's address in Docker's shared network: containers only get there. */
export const openBridge = async (environment: Environment, port: number): Promise<Bridge> => {
  const format = '{{(index .IPAM.Config 0).Gateway}}';
  const args = ['network', 'inspect', '--format', format, sharedNetwork];
  const { stdout } = await createDocker(environment)({ args });
  const host = stdout.trim();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    for (const each of [socket, upstream]) {
      open.add(each);
      each.on('error', () => each.destroy());
      each.on('close', () => {
        open.delete(each);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream).pipe(socket);
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    proxyUrl: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};

const stateFolder = '/home/node/.openclaw';

const agentRecipe = (): ImageRecipe => ({
  reference: agentImage,
  files: { '/app/agent.mjs': join(root, 'dist', 'tenant', 'agent.mjs') },
  folders: [stateFolder, '/data', '/backups', '/scratch'],
  // As in tenant/image/Dockerfile.
  entrypoint: ['node', '--max-semi-space-size=1', '--max-old-space-size=96', '/app/agent.mjs'],
});

const openclawRecipe = (openai: { proxyUrl: string; caFile: string }): ImageRecipe => ({
  reference: openclawImage(),
  files: {
    '/app/node_modules': join(openclawFolder, 'node_modules'),
    '/app/openai-ca.pem': openai.caFile,
    // All that the scratch runtime's script asks of a shell's world.
    '/usr/bin/sh': realpathSync('/bin/sh'),
    '/usr/bin/rm': realpathSync('/bin/rm'),
    '/usr/bin/sleep': realpathSync('/bin/sleep'),
  },
  folders: [stateFolder],
  // As the official image, but for its `tini`.
  entrypoint: [],
  command: [
    ...['node', '/app/node_modules/openclaw/dist/index.js', 'gateway'],
    ...['--bind', 'lan', '--port', '18789'],
  ],
  environment: {
    HOME: '/home/node',
    OPENCLAW_STATE_DIR: stateFolder,
    OPENCLAW_CONFIG_PATH: `${stateFolder}/openclaw.json`,
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_NO_AUTO_UPDATE: '1',
    HTTPS_PROXY: openai.proxyUrl,
    NODE_EXTRA_CA_CERTS: '/app/openai-ca.pem',
    NO_PROXY: '127.0.0.1,localhost',
  },
});

const hashOf = (recipe: ImageRecipe): string => {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).update(process.version);
  for (const path of Object.values(recipe.files)) {
    // A folder of packages is known by its lock file.
    const file = path.endsWith('node_modules') ? join(path, '.package-lock.json') : path;
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
};

const ensureImage = async (docker: Docker, recipe: ImageRecipe): Promise<void> => {
  const contentHash = hashOf({ ...recipe, entrypoint: [node, ...recipe.entrypoint] });
  if ((await contentOf(docker, recipe.reference)) === contentHash) return;
  await importImage(docker, { ...recipe, contentHash });
};

/** The tenant's two images under the names that the product renders. */
export const ensureImages = async (
  environment: Environment,
  openai: { readonly proxyUrl: string; readonly caFile: string },
): Promise<void> => {
  const docker = createDocker(environment);
  await ensureImage(docker, agentRecipe());
  await ensureImage(docker, openclawRecipe(openai));
};

/** Before a state folder is dropped: afterwards nobody knows any more whose the containers are. */
export const dropContainers = async (places: Places): Promise<void> => {
  if (!existsSync(join(places.dokploy, 'docker.json'))) return;
  const docker = createDocker(await engineEnvironment());
  await purgeOwn(docker, new Ownership(places.dokploy));
};
