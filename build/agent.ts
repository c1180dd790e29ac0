/** Bundles the tenant's agent to one file, `dist/tenant/agent.mjs`: what its image holds. */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const agentOutput = join(root, 'dist', 'tenant', 'agent.mjs');

/** `ws` is CommonJS and asks for Node's own modules by `require`. */
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export const bundleAgent = async (): Promise<string> => {
  await build({
    entryPoints: [join(root, 'tenant', 'agent', 'main.ts')],
    outfile: agentOutput,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: requireForCommonJs },
    // Optional native parts of `ws`: it does without.
    external: ['bufferutil', 'utf-8-validate'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return agentOutput;
};
