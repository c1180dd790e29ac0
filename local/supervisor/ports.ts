/** Which loopback port each part listens on, and a plain word when one is taken. */
import { createServer } from 'node:net';
import { SetupError } from './output.ts';

export interface Ports {
  readonly appwrite: number;
  readonly payapp: number;
  readonly dokploy: number;
  /** Where runtimes are reached: the stand-in for Traefik. */
  readonly ingress: number;
  readonly openai: number;
  readonly openaiProxy: number;
  readonly bucket: number;
}

const defaultBase = 8080;

/** `HOSTED_PORT` moves all of them: base, base+1 … base+6. */
export const portsFrom = (base: number): Ports => ({
  appwrite: base,
  payapp: base + 1,
  dokploy: base + 2,
  ingress: base + 3,
  openai: base + 4,
  openaiProxy: base + 5,
  bucket: base + 6,
});

export const configuredPorts = (): Ports => {
  const text = process.env['HOSTED_PORT'] ?? String(defaultBase);
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1024 || base > 65_000) {
    throw new SetupError(`HOSTED_PORT must be a number from 1024 to 65000, not "${text}".`);
  }
  return portsFrom(base);
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

export const requireFree = async (ports: Ports): Promise<void> => {
  for (const [name, port] of Object.entries(ports) as [string, number][]) {
    if (await isFree(port)) continue;
    throw new SetupError(
      `Port ${port} (${name}) is taken by another program.\n` +
        'Stop it, or choose other ports: HOSTED_PORT=18080 npm start',
    );
  }
};
