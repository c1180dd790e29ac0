/**
 * `npm test`: everything, in the order in which a failure is cheapest. First what only reads the
 * sources, then what runs the product, each in two lanes side by side. Installs what is missing (a
 * browser, OpenClaw, Docker) and says plainly what could not be had. `npm test -- unit` runs one stage.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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

/** Needs nothing of the machine. */
const reading: readonly Stage[] = [
  {
    name: 'lint',
    prepare: syncSite,
    command: [bin('eslint', join('bin', 'eslint.js')), '.'],
  },
  {
    name: 'types',
    command: [tsc, '--noEmit', '-p', join(root, 'tsconfig.json')],
  },
  {
    name: 'site types',
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
    command: [bin('prettier', join('bin', 'prettier.cjs')), '--check', '.'],
  },
  { name: 'structure', command: vitest('structure') },
  { name: 'unit', command: vitest('unit') },
];

/** One Docker engine at a time. */
const containers: readonly Stage[] = [
  {
    name: 'contract',
    prepare: async () => {
      await installChromium();
      await installDocker();
      await buildAll();
    },
    command: vitest('contract'),
  },
  { name: 'tenant', prepare: prepareTenant, command: vitest('tenant') },
];

/** One OpenClaw at a time, which is not in a container. */
const processes: readonly Stage[] = [
  { name: 'crash', prepare: buildAll, command: vitest('crash') },
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
];

const stageTimeoutMs = 30 * 60_000;

/** Tools say last what went wrong. Said again at the end, where two stages have spoken at once. */
const lastWordsLines = 100;

/** Whole lines, each under the name of its stage: two stages speak at once. */
const showLines = (name: string, stream: Readable, lastWords: string[]): void => {
  createInterface({ input: stream }).on('line', (line) => {
    say(`${name} │ ${line}`);
    lastWords.push(line);
    if (lastWords.length > lastWordsLines) lastWords.shift();
  });
};

interface StageEnd {
  readonly passed: boolean;
  readonly lastWords: readonly string[];
}

const runStage = ({ name, command }: Stage, isAlone: boolean): Promise<StageEnd> =>
  new Promise((resolve, reject) => {
    const output = isAlone ? 'inherit' : 'pipe';
    const lastWords: string[] = [];
    const child = spawn(node, command, {
      cwd: root,
      stdio: ['ignore', output, output],
      timeout: stageTimeoutMs,
      // Whatever runs `node` by name below gets the project's own.
      env: { ...process.env, PATH: `${join(node, '..')}:${process.env['PATH'] ?? ''}` },
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) showLines(name, stream, lastWords);
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ passed: code === 0, lastWords }));
  });

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

class Run {
  /** Stage → its last words. */
  readonly failed = new Map<string, readonly string[]>();
  readonly skipped: string[] = [];
  readonly #isAlone: boolean;
  /** apt-get and the build are used by one at a time. */
  #preparing: Promise<unknown> = Promise.resolve();

  constructor(isAlone: boolean) {
    this.#isAlone = isAlone;
  }

  /** Each lane takes the next when it has ended one; lanes may share what they take from. */
  async lanes(...lanes: readonly Stage[][]): Promise<void> {
    await Promise.all(
      lanes.map(async (lane) => {
        for (let next = lane.shift(); next !== undefined; next = lane.shift()) {
          await this.#stage(next);
        }
      }),
    );
  }

  async #stage(stage: Stage): Promise<void> {
    say(`\n── ${stage.name} ──`);
    const startedAt = performance.now();
    const prepared = this.#preparing.then(() => stage.prepare?.());
    this.#preparing = prepared.catch(() => undefined);
    if ((await prepared) === false) {
      this.skipped.push(stage.name);
      return;
    }
    const { passed, lastWords } = await runStage(stage, this.#isAlone);
    if (!passed) this.failed.set(stage.name, lastWords);
    say(`── ${stage.name}: ${passed ? 'passed' : 'FAILED'} in ${seconds(startedAt)} ──`);
  }
}

export const run = async (args: readonly string[]): Promise<number> => {
  const isChosen = ({ name }: Stage): boolean => args.length === 0 || args.includes(name);
  const [read, inContainers, asProcesses] = [
    reading.filter(isChosen),
    containers.filter(isChosen),
    processes.filter(isChosen),
  ];
  const count = read.length + inContainers.length + asProcesses.length;
  if (count === 0) {
    const names = [...reading, ...containers, ...processes].map(({ name }) => name);
    throw new SetupError(`Stages: ${names.join(', ')}.`);
  }
  const startedAt = performance.now();
  const all = new Run(count === 1);
  await all.lanes(read, read);
  await all.lanes(inContainers, asProcesses);
  const { failed, skipped } = all;
  for (const [name, lastWords] of failed) {
    if (lastWords.length > 0) say(`\n── ${name}, which failed, said last ──`);
    for (const line of lastWords) say(`${name} │ ${line}`);
  }
  say(`\nAll stages took ${seconds(startedAt)}.`);
  if (failed.size > 0) say(`Failed: ${[...failed.keys()].join(', ')}.`);
  if (skipped.length > 0) say(`SKIPPED, not tried on this machine: ${skipped.join(', ')}.`);
  say(`stages: ${count - failed.size - skipped.length} passed, ${failed.size} failed`);
  // Asked for by name and not tried is no success.
  return failed.size === 0 && skipped.length < count ? 0 : 1;
};
