/** Bundles the tenant's agent to one file, `dist/tenant/agent.mjs`: what its image holds. */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
export const agentOutput = join(root, 'dist', 'tenant', 'agent.mjs');

/** undici is CommonJS inside and asks for `require`. */
const banner =
  "import { createRequire as __createRequire } from 'node:module';\n" +
  'const require = __createRequire(import.meta.url);';

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
    banner: { js: banner },
  });
  return agentOutput;
};
