/**
 * `npm run test:real [-- --env <file>]`: the suites that need no stand-in's inside, against a real
 * Appwrite and a real Dokploy, as far as they are named. Says what it does not try, and why. Appwrite
 * gets a project of its own, deleted at the end; Dokploy gets projects named `hd-contract-…`, removed
 * at the end, and a runtime that is taken down. Exit 1 when something failed, 2 when nothing was named.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '#ops/deploy/build.ts';
import { SetupError, say, step } from '#local/supervisor/output.ts';
import { node, root } from '#local/supervisor/paths.ts';
import { openProject } from './project.ts';
import type { TestProject } from './project.ts';
import { missingFor, readGiven } from './settings.ts';
import type { Given } from './settings.ts';
import { walkToReady, walkToWorkspace } from './walk.ts';

type Env = Readonly<Record<string, string>>;

const suiteTimeoutMs = 30 * 60_000;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

const runNode = (args: readonly string[], env: Env): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: suiteTimeoutMs,
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });

const suite = (env: Env, ...names: readonly string[]): Promise<boolean> => {
  const files = names.map((name) => `tests/contract/${name}.test.ts`);
  return runNode([vitest, 'run', '--project', 'contract', ...files], env);
};

interface Stage {
  readonly name: string;
  /** Why it is not tried; empty when it is. */
  readonly missing: string;
  run(): Promise<boolean>;
}

const appwriteStages = (given: Given, project: () => TestProject): readonly Stage[] => {
  const missing = missingFor(given, 'appwrite');
  const forAll = missingFor(given, 'appwrite', 'dokploy', 'runtimes', 'payment', 'openai');
  return [
    {
      name: 'Appwrite: accounts, teams, rows, through our adapters',
      missing,
      run: async () => {
        const { endpoint, projectId, key } = project();
        await project().pause();
        const env = { ENDPOINT: endpoint, PROJECT_ID: projectId, KEY: key };
        return suite(prefixed(env), 'appwrite-adapter', 'accounts', 'store');
      },
    },
    {
      name: 'Appwrite: recorded answers',
      missing,
      run: () => runNode([join(root, 'tests', 'contract', 'parity.ts')], parityEnv(given)),
    },
    {
      name: 'demo, as far as the workspace',
      missing: forAll === '' ? 'the whole demo is run instead' : missing,
      run: () => deployed(given, project(), walkToWorkspace),
    },
    {
      name: 'demo, to a runtime that is ready',
      missing: forAll,
      run: () => deployed(given, project(), walkToReady),
    },
  ];
};

const prefixed = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [`TEST_APPWRITE_${name}`, value]));

const parityEnv = (given: Given): Env => {
  const endpoint = given['APPWRITE_ENDPOINT'] ?? '';
  const { protocol, host } = new URL(endpoint);
  return prefixed({
    ENDPOINT: endpoint,
    CONSOLE_EMAIL: given['APPWRITE_CONSOLE_EMAIL'] ?? '',
    CONSOLE_PASSWORD: given['APPWRITE_CONSOLE_PASSWORD'] ?? '',
    FUNCTIONS_DOMAIN: given['APPWRITE_FUNCTIONS_DOMAIN'] ?? `${protocol}//{id}.functions.${host}`,
  });
};

const deployed = async (
  given: Given,
  project: TestProject,
  walk: (project: TestProject, given: Given) => Promise<boolean>,
): Promise<boolean> => {
  await step('Waking the functions', (note) => project.deploy(note));
  return walk(project, given);
};

const dokployStage = (given: Given): Stage => ({
  name: 'Dokploy: stacks, through our adapter',
  missing: missingFor(given, 'dokploy'),
  run: () =>
    suite(
      {
        TEST_DOKPLOY_URL: given['DOKPLOY_URL'] ?? '',
        TEST_DOKPLOY_API_KEY: given['DOKPLOY_API_KEY'] ?? '',
      },
      'dokploy-adapter',
      'dokploy-lifecycle',
    ),
});

/** Never tried here, whatever is named. */
const standInOnly = [
  'the product’s contract and fault matrix: they use the stand-ins’ own controls and logs',
  'PayApp: it has no test mode; its adapter is tried against the sandbox by npm test',
  'what needs a fault or a restart of Dokploy on demand: counted as skipped below',
];

const tried = async (stage: Stage): Promise<boolean> => {
  say(`\n── ${stage.name} ──`);
  try {
    return await stage.run();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
};

const runAll = async (given: Given): Promise<number> => {
  let project: TestProject | undefined;
  const opened = (): TestProject => {
    if (project === undefined) throw new SetupError('There is no project.');
    return project;
  };
  const stages = [dokployStage(given), ...appwriteStages(given, opened)];
  const chosen = stages.filter(({ missing }) => missing === '');
  for (const { name, missing } of stages) {
    say(missing === '' ? `  will be tried  ${name}` : `  SKIPPED        ${name} (${missing})`);
  }
  for (const name of standInOnly) say(`  never tried    ${name}`);
  if (chosen.length === 0) return 2;
  const failed: string[] = [];
  try {
    if (missingFor(given, 'appwrite') === '') {
      await step('Building functions, agent and site', () => buildAll());
      const made = await step('Making a project of its own', () => openProject(given));
      project = made;
      await step('Deploying to it with appwrite-cli', (note) => made.deploy(note));
    }
    for (const stage of chosen) if (!(await tried(stage))) failed.push(stage.name);
  } finally {
    await project?.remove();
  }
  const skipped = stages.length - chosen.length;
  say(
    `\nstages: ${String(chosen.length - failed.length)} passed, ${String(failed.length)} failed, ` +
      `${String(skipped)} skipped`,
  );
  for (const name of failed) say(`FAILED: ${name}`);
  return failed.length === 0 ? 0 : 1;
};

const usage = 'Usage: npm run test:real -- [--env <file>]   docs/deploy.md says what it may name';

try {
  const options = { env: { type: 'string' }, help: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  if (values.help) say(usage);
  else process.exitCode = await runAll(readGiven(values.env));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
