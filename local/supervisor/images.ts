/**
 * Which local command stands for which image of the tenant's stack, for the process backend of the
 * Dokploy stand-in. Everything listens on loopback here, so the gateway sees its proxy on 127.0.0.1:
 * the wall between customer code and agent is weaker than in containers.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedVersions, openclawVersion } from './openclaw.ts';
import { node, openclawFolder, root } from './paths.ts';

export const openclawImageName = 'ghcr.io/openclaw/openclaw';
export const agentImageName = 'hosted-dedicated/agent';

export const openclawImage = (): string => `${openclawImageName}:${openclawVersion()}`;
export const agentImage = `${agentImageName}:local`;

const stateVolume = '{volume:/home/node/.openclaw}';

interface OpenAi {
  readonly proxyUrl: string;
  readonly caFile: string;
}

const state = {
  HOME: stateVolume,
  OPENCLAW_HOME: stateVolume,
  OPENCLAW_STATE_DIR: stateVolume,
  OPENCLAW_CONFIG_PATH: `${stateVolume}/openclaw.json`,
};

/** The gateway of one installation, and the scratch runtime that proves backups made by it. */
const both = (reference: string, installedIn: string, openai: OpenAi) => {
  const entry = join(installedIn, 'node_modules', 'openclaw', 'dist', 'index.js');
  return {
    [reference]: {
      command: [node, entry, 'gateway', '--bind', 'loopback', '--port', '{port:openclaw}'],
      env: {
        ...state,
        OPENCLAW_DISABLE_BONJOUR: '1',
        OPENCLAW_NO_RESPAWN: '1',
        OPENCLAW_NO_AUTO_UPDATE: '1',
        HTTPS_PROXY: openai.proxyUrl,
        NODE_EXTRA_CA_CERTS: openai.caFile,
        NO_PROXY: '127.0.0.1,localhost',
      },
    },
    // The command is the compose file's own: a script that starts the gateway when it is told to.
    [`${reference}#scratch`]: {
      command: ['/usr/bin/env'],
      env: {
        ...state,
        SCRATCH_NODE: node,
        SCRATCH_ENTRY: entry,
        SCRATCH_BIND: 'loopback',
        SCRATCH_PORT: '{port:scratch}',
      },
    },
  };
};

export const writeImages = (folder: string, openai: OpenAi): string => {
  const others = installedVersions().map(({ version, folder: place }) =>
    both(`${openclawImageName}:${version}`, place, openai),
  );
  const images = {
    ...both(openclawImageName, openclawFolder, openai),
    ...Object.fromEntries(others.flatMap(Object.entries)),
    [agentImageName]: {
      command: [node, join(root, 'dist', 'tenant', 'agent.mjs')],
      env: {
        GATEWAY_URL: 'ws://127.0.0.1:{port:openclaw}',
        GATEWAY_BIND: 'loopback',
        GATEWAY_PORT: '{port:openclaw}',
        AGENT_ADDRESS: '127.0.0.1',
        AGENT_PORT: '{port:agent}',
        AGENT_DATA_DIR: '{volume:/data}',
        OPENCLAW_STATE_DIR: stateVolume,
        BACKUP_DIR: '{volume:/backups}',
        SCRATCH_DIR: '{volume:/scratch}',
        SCRATCH_URL: 'ws://127.0.0.1:{port:scratch}',
      },
    },
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'images.json');
  writeFileSync(file, JSON.stringify({ images }, null, 2));
  return file;
};
