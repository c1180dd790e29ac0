/**
 * What would be pushed, in a folder of its own: the bundles, and the site with the addresses of
 * this installation. The CLI rewrites its config, so it gets a copy, with as much in it as a step
 * is to push.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AppwriteConfig } from './config.ts';
import { appwriteConfig } from './config.ts';
import { folderDigest } from './files.ts';
import type { Installation } from './installation.ts';
import { SetupError } from './output.ts';
import type { Digests } from './plan-code.ts';

const run = promisify(execFile);
export const root = join(import.meta.dirname, '..', '..');

export interface Stage {
  readonly folder: string;
  readonly config: AppwriteConfig;
  readonly digests: Digests;
  /** Writes the config that the CLI reads, with only some of its functions and sites. */
  narrow(ids: { readonly functions?: readonly string[]; readonly sites?: readonly string[] }): void;
  remove(): void;
}

/** Writes the site's addresses beside the build, and narrows its policy to them. */
const configureSite = async (folder: string, installation: Installation): Promise<void> => {
  const { apiUrl, target, runtimeDomain, runtimeScheme } = installation;
  const script = join(root, 'site', 'deploy', 'configure.ts');
  const api = ['--endpoint', apiUrl, '--project', target.projectId];
  const runtimes = ['--runtime-domain', runtimeDomain, '--runtime-scheme', runtimeScheme];
  await run(process.execPath, [script, folder, ...api, ...runtimes]);
};

const requireBuilt = (path: string): void => {
  if (existsSync(join(root, path))) return;
  throw new SetupError(`${path} is missing: nothing has been built. Run npm run build.`);
};

const digestsOf = async (folder: string, config: AppwriteConfig): Promise<Digests> => {
  const paths = [...config.functions, ...config.sites].map(({ path }) => path);
  const digests = paths.map(
    async (path) => [path, await folderDigest(join(folder, path))] as const,
  );
  return new Map(await Promise.all(digests));
};

const readConfigFile = (): object =>
  JSON.parse(readFileSync(join(root, 'appwrite.json'), 'utf8')) as object;

export const ourConfig = (): AppwriteConfig => appwriteConfig.parse(readConfigFile());

/** `folder` is made anew. Throws SetupError when something has not been built. */
export const stage = async (folder: string, installation: Installation): Promise<Stage> => {
  requireBuilt('dist/functions/payapp/main.mjs');
  requireBuilt('site/build/200.html');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  cpSync(join(root, 'dist', 'functions'), join(folder, 'dist', 'functions'), { recursive: true });
  cpSync(join(root, 'site', 'build'), join(folder, 'site', 'build'), { recursive: true });
  await configureSite(join(folder, 'site', 'build'), installation);
  const { endpoint, projectId } = installation.target;
  const whole = { ...readConfigFile(), endpoint, projectId };
  const config = appwriteConfig.parse(whole);
  return {
    folder,
    config,
    digests: await digestsOf(folder, config),
    narrow: ({ functions = [], sites = [] }) => {
      const some = {
        functions: config.functions.filter(({ $id }) => functions.includes($id)),
        sites: config.sites.filter(({ $id }) => sites.includes($id)),
      };
      writeFileSync(join(folder, 'appwrite.json'), JSON.stringify({ ...whole, ...some }, null, 4));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
