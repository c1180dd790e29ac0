/** Bundles the tenant's agent to one file, `dist/tenant/agent.mjs`: what its image holds. */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const agentOutput = join(root, 'dist', 'tenant', 'agent.mjs');

export const bundleAgent = async (): Promise<string> => {
  await build({
    entryPoints: [join(root, 'tenant', 'agent', 'main.ts')],
    outfile: agentOutput,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return agentOutput;
};
