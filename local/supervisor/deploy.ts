/**
 * Deploys the product to the embedded Appwrite as it is deployed in production: with the real
 * appwrite-cli from appwrite.json. The CLI exits 0 even when a deployment failed, so the result is
 * read back through the API; and it rewrites its config, so it works on a copy.
 */
import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Functions, ID, Proxy as ProxyRules, Sites } from 'node-appwrite';
import { SetupError } from './output.ts';
import { node, root } from './paths.ts';
import type { World } from './world.ts';
import { siteHost } from './world.ts';

export interface DeployInput {
  readonly world: World;
  readonly folder: string;
  /** Where the CLI's own words are kept. */
  readonly logs: string;
  readonly key: string;
  readonly consolePassword: string;
  /** Variables of each function; secret in Appwrite, never in the bundle. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const run = promisify(execFile);

type Note = (text: string) => void;

const cliTimeoutMs = 5 * 60_000;
const pollTimeoutMs = 60_000;

const runCli = (input: DeployInput, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const cli = join(root, 'node_modules', 'appwrite-cli', 'index.js');
    let output = '';
    const child = spawn(node, [cli, ...args], {
      cwd: input.folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: join(input.folder, 'home'), CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: cliTimeoutMs,
    });
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('exit', (code) => {
      // It may say why and still exit with 0: kept where a person can read it.
      appendFileSync(
        join(input.logs, 'appwrite-cli.log'),
        `${args.slice(0, 2).join(' ')}\n${output}\n`,
      );
      if (code === 0) resolve();
      else reject(new SetupError(`appwrite ${args[0] ?? ''} ${args[1] ?? ''} failed:\n${output}`));
    });
  });

/** What the CLI sees: the config with this endpoint, the bundles, the site with its config. */
const stage = ({ folder, world }: DeployInput): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'home'), { recursive: true });
  const config = JSON.parse(readFileSync(join(root, 'appwrite.json'), 'utf8')) as object;
  const local = { ...config, endpoint: world.internalApiUrl };
  writeFileSync(join(folder, 'appwrite.json'), JSON.stringify(local, null, 4));
  cpSync(join(root, 'dist', 'functions'), join(folder, 'dist', 'functions'), { recursive: true });
  cpSync(join(root, 'site', 'build'), join(folder, 'site', 'build'), { recursive: true });
};

/** Writes the site's addresses beside the build, and narrows its policy to them. */
const configureSite = async ({ folder, world }: DeployInput): Promise<void> => {
  const args = ['--endpoint', world.apiUrl, '--project', world.projectId];
  const runtimes = ['--runtime-domain', world.runtimeDomain, '--runtime-scheme', 'http'];
  const script = join(root, 'site', 'deploy', 'configure.ts');
  await run(node, [script, join(folder, 'site', 'build'), ...args, ...runtimes]);
};

const client = (input: DeployInput): Client =>
  new Client()
    .setEndpoint(input.world.internalApiUrl)
    .setProject(input.world.projectId)
    .setKey(input.key);

/** Secret variables are written through the API: the CLI would store them readable. */
const setVariables = async (input: DeployInput, functions: Functions): Promise<void> => {
  for (const [functionId, wanted] of Object.entries(input.variables)) {
    const { variables } = await functions.listVariables({ functionId });
    for (const old of variables) {
      await functions.deleteVariable({ functionId, variableId: old.$id });
    }
    for (const [key, value] of Object.entries(wanted)) {
      await functions.createVariable({
        functionId,
        variableId: ID.unique(),
        key,
        value,
        secret: true,
      });
    }
  }
};

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + pollTimeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new SetupError(`${what} was not deployed within 60 s.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

const verifyDeployments = async (input: DeployInput): Promise<void> => {
  const functions = new Functions(client(input));
  for (const functionId of Object.keys(input.variables)) {
    await until(`function ${functionId}`, async () => {
      const deployed = await functions.get({ functionId });
      if (deployed.latestDeploymentStatus === 'failed') {
        throw new SetupError(`The deployment of function ${functionId} failed.`);
      }
      return deployed.deploymentId !== '' && deployed.latestDeploymentStatus === 'ready';
    });
  }
  const sites = new Sites(client(input));
  await until('the site', async () => {
    const site = await sites.get({ siteId: 'site' });
    return site.deploymentId !== '' && site.latestDeploymentStatus === 'ready';
  });
};

const ensureSiteRule = async (input: DeployInput): Promise<void> => {
  const rules = new ProxyRules(client(input));
  const known = await rules.listRules();
  if (known.rules.some((rule) => rule.domain === siteHost)) return;
  await rules.createSiteRule({ domain: siteHost, siteId: 'site' });
};

/** `--name=value`: a value may begin with a hyphen and would be taken for an option. */
const login = (input: DeployInput): Promise<void> =>
  runCli(input, [
    'login',
    `--endpoint=${input.world.internalApiUrl}`,
    `--email=${input.world.consoleEmail}`,
    `--password=${input.consolePassword}`,
  ]);

export const deploy = async (input: DeployInput, note: Note): Promise<void> => {
  if (!existsSync(join(root, 'site', 'build', '200.html'))) {
    throw new SetupError('The site has not been built: site/build/200.html is missing.');
  }
  stage(input);
  await configureSite(input);
  await login(input);
  for (const kind of ['settings', 'tables', 'teams', 'functions', 'sites']) {
    note(`push ${kind}`);
    await runCli(input, ['push', kind, '--all', '--force']);
  }
  note('variables');
  await setVariables(input, new Functions(client(input)));
  note('verifying');
  await verifyDeployments(input);
  await ensureSiteRule(input);
  note('');
};
