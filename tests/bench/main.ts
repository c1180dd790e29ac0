/**
 * `npm run bench [-- <name> [--json]]`: figures that have an aim. Benches report and fail nothing:
 * the machine they run on is not ours.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

const benches: Readonly<Record<string, string>> = {
  figures: 'tests/bench/figures.ts',
  appwrite: 'tests/bench/appwrite/main.ts',
  payapp: 'tests/bench/payapp/main.ts',
  reconcile: 'tests/bench/reconcile/main.ts',
  life: 'tests/bench/life/main.ts',
  tenant: 'tests/bench/tenant/main.ts',
  site: 'tests/bench/site/main.ts',
};

const run = (script: string, args: readonly string[], quiet: boolean): number =>
  spawnSync(process.execPath, [join(root, script), ...args], {
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  }).status ?? 1;

const [name = 'figures', ...args] = process.argv.slice(2);
const script = benches[name];
if (script === undefined) {
  console.error(`There is no bench "${name}". Known: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
process.exitCode = run('build/main.ts', [], true) || run(script, args, false);
