/**
 * `npm test`: everything, in the order in which a failure is cheapest. Installs what is missing (a
 * browser, OpenClaw, Docker) and says plainly what could not be had. `npm test -- unit` runs one stage.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDocker } from './docker.ts';
import { prepareTenant } from './tenant.ts';
import { buildAll } from '../supervisor/product.ts';
import { installOpenClaw } from '../supervisor/openclaw.ts';
import { node, root } from '../supervisor/paths.ts';
import { SetupError, say, step } from '../supervisor/output.ts';

interface Stage {
  readonly name: string;
  /** false: it cannot be tried on this machine, which was said. */
  readonly prepare?: () => Promise<unknown>;
  readonly command: readonly string[];
  /** Needs nothing of the machine: two run side by side, and each shows its output when it has ended. */
  readonly beside?: true;
}

const bin = (packageName: string, file: string): string =>
  join(root, 'node_modules', packageName, file);

const vitest = (project: string): readonly string[] => [
  bin('vitest', 'vitest.mjs'),
  'run',
  '--project',
  project,
];

export const chromiumPath = '/usr/bin/chromium';

export const installChromium = async (): Promise<void> => {
  if (existsSync(chromiumPath)) return;
  await step('Installing Chromium with apt-get', async () => {
    const asRoot = process.getuid?.() === 0;
    const prefix = asRoot ? [] : ['sudo', '-n'];
    for (const args of [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-nanum'],
    ]) {
      const [command = '', ...rest] = [...prefix, ...args];
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync(command, rest, { stdio: 'ignore', env });
    }
  });
  if (!existsSync(chromiumPath)) {
    throw new SetupError(
      `The browser tests need Chromium at ${chromiumPath}, and apt-get could not install it.\n` +
        'Install it by hand (apt-get install chromium) and run the same command again.',
    );
  }
};

const tsc = bin('typescript', join('bin', 'tsc'));

/** SvelteKit writes the types that the site's tsconfig extends. */
const syncSite = async (): Promise<void> => {
  const kit = bin(join('@sveltejs', 'kit'), 'svelte-kit.js');
  const result = spawnSync(node, [kit, 'sync'], { cwd: join(root, 'site'), stdio: 'inherit' });
  if (result.status !== 0) throw new SetupError('svelte-kit sync failed; see above.');
};

const stages: readonly Stage[] = [
  {
    name: 'lint',
    beside: true,
    prepare: syncSite,
    command: [bin('eslint', join('bin', 'eslint.js')), '.'],
  },
  {
    name: 'types',
    beside: true,
    command: [tsc, '--noEmit', '-p', join(root, 'tsconfig.json')],
  },
  {
    name: 'site types',
    beside: true,
    prepare: syncSite,
    command: [
      bin('svelte-check', join('bin', 'svelte-check')),
      '--workspace',
      join(root, 'site'),
      '--tsconfig',
      join(root, 'site', 'tsconfig.json'),
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  },
  {
    name: 'format',
    beside: true,
    command: [bin('prettier', join('bin', 'prettier.cjs')), '--check', '.'],
  },
  { name: 'structure', beside: true, command: vitest('structure') },
  { name: 'unit', beside: true, command: vitest('unit') },
  {
    name: 'contract',
    prepare: async () => {
      await installChromium();
      await installDocker();
      await buildAll();
    },
    command: vitest('contract'),
  },
  { name: 'crash', command: vitest('crash') },
  { name: 'parity', command: [join(root, 'tests', 'contract', 'parity.ts')] },
  {
    name: 'journeys',
    prepare: async () => {
      await installChromium();
      await installOpenClaw();
      await buildAll();
    },
    command: vitest('journeys'),
  },
  { name: 'tenant', prepare: prepareTenant, command: vitest('tenant') },
];

const stageTimeoutMs = 30 * 60_000;

const runStage = (stage: Stage): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(node, stage.command, {
      cwd: root,
      stdio: stage.beside === true ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      timeout: stageTimeoutMs,
      // Whatever runs `node` by name below gets the project's own.
      env: { ...process.env, PATH: `${join(node, '..')}:${process.env['PATH'] ?? ''}` },
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => output.push(chunk));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

export const run = async (args: readonly string[]): Promise<number> => {
  const chosen = args.length === 0 ? stages : stages.filter((stage) => args.includes(stage.name));
  if (chosen.length === 0) {
    throw new SetupError(`Stages: ${stages.map((stage) => stage.name).join(', ')}.`);
  }
  const failed: string[] = [];
  const skipped: string[] = [];
  const startedAt = performance.now();
  const runOne = async (stage: Stage): Promise<void> => {
    say(`\n── ${stage.name} ──`);
    const stageStart = performance.now();
    if ((await stage.prepare?.()) === false) {
      skipped.push(stage.name);
      return;
    }
    const passed = await runStage(stage);
    if (!passed) failed.push(stage.name);
    say(`── ${stage.name}: ${passed ? 'passed' : 'FAILED'} in ${seconds(stageStart)} ──`);
  };
  const reading = chosen.filter(({ beside }) => beside === true);
  const reader = async (): Promise<void> => {
    for (let stage = reading.shift(); stage !== undefined; stage = reading.shift()) {
      await runOne(stage);
    }
  };
  await Promise.all([reader(), reader()]);
  for (const stage of chosen) if (stage.beside !== true) await runOne(stage);
  say(`\nAll stages took ${seconds(startedAt)}.`);
  if (failed.length > 0) say(`Failed: ${failed.join(', ')}.`);
  if (skipped.length > 0) say(`SKIPPED, not tried on this machine: ${skipped.join(', ')}.`);
  const passed = chosen.length - failed.length - skipped.length;
  say(`stages: ${passed} passed, ${failed.length} failed`);
  // Asked for by name and not tried is no success.
  return failed.length === 0 && skipped.length < chosen.length ? 0 : 1;
};
