/** The images of `harness.ts` for a Docker engine: the same script, with this machine's Node. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from '../docker/cli.ts';
import { importImage } from '../docker/rootfs.ts';

const script = join(import.meta.dirname, 'image.mjs');
/** Where the product's own stack mounts the gateway's volume. */
const stateFolder = '/home/node/.openclaw';
export const agentImage = 'registry.test:5000/tiny/agent:1.0';
export const gatewayImage = 'tiny/gateway:2';

/** As OpenClaw's own image has it: the stack runs a script of its own in that. */
const shell = Object.fromEntries(
  ['sh', 'sleep', 'rm'].map((name) => [`/usr/bin/${name}`, realpathSync(`/bin/${name}`)]),
);

export async function importTestImages(docker: Docker): Promise<void> {
  const files = { '/app/image.mjs': script };
  const node = ['node', '/app/image.mjs'];
  const [agent, gateway] = [8_080, 18_789].map((port) => ({ ADDRESS: '0.0.0.0', PORT: `${port}` }));
  await importImage(docker, {
    ...{ reference: agentImage, files, entrypoint: node, folders: ['/data', stateFolder] },
    environment: { ...agent, DATA_DIR: '/data' },
  });
  await importImage(docker, {
    ...{
      reference: gatewayImage,
      files: { ...files, ...shell, '/bin/sh': realpathSync('/bin/sh') },
      entrypoint: [...node, 'serve'],
      folders: ['/state', stateFolder],
    },
    environment: { ...gateway, DATA_DIR: '/state' },
  });
}

export async function removeTestImages(docker: Docker): Promise<void> {
  await docker({ args: ['image', 'rm', agentImage, gatewayImage] });
}
