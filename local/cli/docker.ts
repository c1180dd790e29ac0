/**
 * A Docker engine and Compose for the tests that need them, where apt and root are at hand. Never
 * fails: the tests say themselves when they had to be skipped.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from '../supervisor/paths.ts';
import { step } from '../supervisor/output.ts';

/** Used by tests as DOCKER_CONFIG where the system's packages hold no Compose 2. */
const configFolder = join(root, '.local', 'docker');
const plugin = join('cli-plugins', 'docker-compose');
/** Debian 12 has Compose 1 alone; the next release's package runs on it. */
const laterRelease = 'trixie';
const timeoutMs = 5 * 60_000;

const tried = (command: string, args: readonly string[], cwd = root): string | undefined => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { encoding: 'utf8', env, cwd, timeout: timeoutMs } as const;
  const { status, stdout } = spawnSync(command, args, options);
  return status === 0 ? stdout : undefined;
};

const install = (name: string): boolean =>
  tried('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name]) !== undefined;

const hasEngine = (): boolean =>
  existsSync('/usr/sbin/dockerd') ||
  existsSync('/usr/bin/dockerd') ||
  tried('docker', ['version']) !== undefined;

const hasCompose = (): boolean =>
  tried('docker', ['compose', 'version']) !== undefined || existsSync(join(configFolder, plugin));

/** Where this system has its packages from, as apt itself says. */
export const mirror = (): string | undefined => {
  const os = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(os)?.[1];
  if (!/^ID=debian$/m.test(os) || codename === undefined) return undefined;
  const targets = tried('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)']) ?? '';
  const line = targets.split('\n').find((each) => each.endsWith(` ${codename}`));
  return line?.split(' ')[0];
};

/** With apt's own signature check, and without a word to the system's apt configuration. */
const unpackLaterCompose = (): void => {
  const from = mirror();
  if (from === undefined) return;
  const scratch = join(configFolder, 'scratch');
  mkdirSync(join(scratch, 'lists', 'partial'), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const sources = join(scratch, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${from} ${laterRelease} main\n`);
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(scratch, 'lists'),
    'Dir::Cache': scratch,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  tried('apt-get', [...options, 'update', '-qq']);
  tried('apt-get', [...options, 'download', '-qq', 'docker-compose'], scratch);
  const file = readdirSync(scratch).find((name) => name.endsWith('.deb'));
  if (file !== undefined) tried('dpkg-deb', ['-x', file, 'unpacked'], scratch);
  const program = join(scratch, 'unpacked', 'usr', 'libexec', 'docker', plugin);
  if (existsSync(program)) cpSync(program, join(configFolder, plugin));
  rmSync(scratch, { recursive: true, force: true });
};

const installCompose = (): void => {
  // Ubuntu's package, Docker's own, Debian's from release 13 on.
  if (install('docker-compose-v2') || install('docker-compose-plugin')) return;
  const known = tried('apt-cache', ['policy', 'docker-compose']) ?? '';
  if (/Candidate: 2\./.test(known)) install('docker-compose');
  else unpackLaterCompose();
};

export const installDocker = async (): Promise<void> => {
  const isPossible = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!isPossible || (hasEngine() && hasCompose())) return;
  await step('Installing Docker for the tests of the Dokploy stand-in', (note) => {
    tried('apt-get', ['update', '-qq']);
    if (!hasEngine()) install('docker.io');
    // A package of its own in later releases.
    if (tried('docker', ['--version']) === undefined) install('docker-cli');
    if (hasEngine() && !hasCompose()) installCompose();
    note(hasEngine() && hasCompose() ? '' : 'could not be had');
    return Promise.resolve();
  });
};

/** For base images where no registry can be reached. Never fails either. */
export const installDebootstrap = (): void => {
  const isPossible = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!isPossible || existsSync('/usr/sbin/debootstrap')) return;
  if (!install('debootstrap')) {
    tried('apt-get', ['update', '-qq']);
    install('debootstrap');
  }
};
