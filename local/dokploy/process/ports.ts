/**
 * Loopback ports for services. Below the kernel's ephemeral range, so that an outgoing connection
 * of some other process cannot take a port between the check and the bind.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const firstPort = 21_000;
const portCount = 10_000;
const maxTries = 200;

export async function allocatePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = firstPort + randomInt(portCount);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free loopback port found in ${maxTries} tries`);
}

export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}
