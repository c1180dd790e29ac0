/** Looking at the gateway from wherever somebody may stand: inside containers, beside them, outside. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { baseImage } from '#local/supervisor/tenant-images.ts';
import type { House } from './house.ts';
import { containerOf } from './tenant.ts';
import type { Service, Tenant } from './tenant.ts';

const script = readFileSync(join(import.meta.dirname, 'probe.mjs'), 'utf8');
const sight = z.object({ http: z.string(), socket: z.string() });
/** `http`: status and body, or `unreachable <why>`; `socket`: `granted …`, `refused <code>`, … */
export type Sight = z.infer<typeof sight>;

export interface Look {
  /** `address:port` */
  readonly at: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const nodeArgs = ({ at, path = '/ui/', headers = {} }: Look): readonly string[] => [
  ...['node', '--input-type=module', '-e', script],
  ...[at, path, JSON.stringify(headers)],
];

const parsed = (stdout: string): Sight => sight.parse(JSON.parse(stdout));

/** From a process in one of the tenant's own containers. */
export const lookFromInside = async (
  house: House,
  place: { readonly tenant: Tenant; readonly service: Service },
  look: Look,
): Promise<Sight> => {
  const name = containerOf(place.tenant, place.service);
  const { stdout } = await house.docker({ args: ['exec', name, ...nodeArgs(look)] });
  return parsed(stdout);
};

/** From a container of somebody else on a network of this engine. */
export const lookFromNetwork = async (
  house: House,
  network: string,
  look: Look,
): Promise<Sight> => {
  const args = ['run', '--rm', '--network', network, baseImage, ...nodeArgs(look)];
  const { stdout } = await house.docker({ args });
  return parsed(stdout);
};

/** From a process of the server itself, outside all containers. */
export const lookFromHost = async (look: Look): Promise<Sight> => {
  const [, ...args] = nodeArgs(look);
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return parsed(stdout);
};
