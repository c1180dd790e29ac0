/** The reconciler's bundle in a process of its own, told to sweep, and what each sweep cost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { functionVariables } from '#local/supervisor/variables.ts';
import type { TestProduct } from '#tests/support/product.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const bundle = join(root, 'dist', 'functions', 'reconcile', 'main.mjs');

const report = z.object({
  sent: z.array(z.object({ method: z.string(), to: z.string() })),
  cpuMs: z.number(),
  wallMs: z.number(),
  problems: z.array(z.string()),
});

export interface SweepCost {
  readonly appwriteRequests: number;
  readonly appwriteWrites: number;
  readonly dokployRequests: number;
  readonly agentRequests: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

export class Sweeper {
  readonly #product: TestProduct;
  readonly #child;
  readonly #lines;

  constructor(product: TestProduct) {
    this.#product = product;
    const { world, secrets } = product;
    const env = {
      ...functionVariables(world, secrets)['reconcile'],
      APPWRITE_FUNCTION_API_ENDPOINT: world.internalApiUrl,
      APPWRITE_FUNCTION_PROJECT_ID: world.projectId,
      BENCH_KEY: secrets.appwriteKey,
    };
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'traced.ts'), bundle], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async sweep(): Promise<SweepCost> {
    this.#child.stdin.write('sweep\n');
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the sweeping process ended');
    const { sent, cpuMs, wallMs, problems } = report.parse(JSON.parse(line.value));
    if (problems.length > 0) throw new Error(`a sweep complained: ${problems[0] ?? ''}`);
    const { world } = this.#product;
    const appwrite = sent.filter(({ to }) => to === new URL(world.internalApiUrl).origin);
    return {
      appwriteRequests: appwrite.length,
      appwriteWrites: appwrite.filter(({ method }) => method !== 'GET').length,
      dokployRequests: sent.filter(({ to }) => to === new URL(world.dokployUrl).origin).length,
      agentRequests: sent.filter(({ to }) => to === 'agent').length,
      cpuMs,
      wallMs,
    };
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
