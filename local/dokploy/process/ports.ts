/**
 * Loopback ports for services, in blocks: each stand-in that runs holds one, so that two of them on
 * a machine never give out the same port, one of which may be bound much later. Below the kernel's
 * ephemeral range, so that an outgoing connection cannot take a port between the check and the bind.
 */
import { createHash, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server } from 'node:net';

const firstPort = 21_000;
const blockSize = 500;
const blockCount = 20;
const maxTries = 200;

export class PortBlock {
  readonly #first: number;
  /** Listens on the block's first port for as long as the block is held. */
  readonly #guard: Server;
  /** Given out, and not yet in anybody's books. */
  readonly #promised = new Set<number>();

  private constructor(first: number, guard: Server) {
    this.#first = first;
    this.#guard = guard;
  }

  /** The same block as the last time where nobody took it. Throws when all are held. */
  static async open(dataDir: string): Promise<PortBlock> {
    const wished = createHash('sha256').update(dataDir).digest().readUInt16BE() % blockCount;
    for (let step = 0; step < blockCount; step += 1) {
      const first = firstPort + ((wished + step) % blockCount) * blockSize;
      const guard = await listenOn(first);
      if (guard !== null) return new PortBlock(first, guard);
    }
    throw new Error(`each of ${blockCount} blocks of loopback ports is held by another stand-in`);
  }

  owns(port: number): boolean {
    return port > this.#first && port < this.#first + blockSize;
  }

  /** `keep` is told before anybody else can be given the same. Throws when none was found. */
  async allocate(taken: () => ReadonlySet<number>, keep: (port: number) => void): Promise<void> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const port = this.#first + 1 + randomInt(blockSize - 1);
      if (this.#promised.has(port) || taken().has(port)) continue;
      this.#promised.add(port);
      try {
        if (!(await isFree(port))) continue;
        keep(port);
        return;
      } finally {
        this.#promised.delete(port);
      }
    }
    throw new Error(`no free loopback port found in ${maxTries} tries`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#guard.close(() => resolve());
    });
  }
}

export async function isFree(port: number): Promise<boolean> {
  const probe = await listenOn(port);
  if (probe === null) return false;
  return new Promise((resolve) => {
    probe.close(() => resolve(true));
  });
}

/** Null: somebody else does. Who connects is turned away. */
async function listenOn(port: number): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
