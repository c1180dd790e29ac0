// Runs on whatever Node the machine has (18 or newer), before anything is installed: brings
// node_modules up to the lock file, then hands over to the project's own Node 24.
// Plain JavaScript on purpose; it may import nothing but node: modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const marker = join(root, 'node_modules', '.installed-lock');
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const oldestMajor = 18;
/** Commands that are scripts of their own; every other one is a command of `main.ts`. */
const scripts = {
  sim: 'tests/simulation/main.ts',
  bench: 'tests/bench/main.ts',
  build: 'build/main.ts',
  gallery: 'tests/gallery/main.ts',
  deploy: 'ops/cli/deploy.ts',
  doctor: 'ops/cli/doctor.ts',
  export: 'ops/cli/export.ts',
  import: 'ops/cli/import.ts',
  migrate: 'ops/cli/migrate.ts',
  'test:real': 'tests/real/main.ts',
};

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  if (installed === lock && existsSync(node)) return;
  // With --json stdout belongs to the one line the command prints.
  const toStderr = process.argv.includes('--json');
  const progress = toStderr ? process.stderr : process.stdout;
  progress.write('Installing packages (first start or changed lock file) …\n');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', toStderr ? 2 : 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (result.error) stop(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0 || !existsSync(node)) {
    // npm prints pages; the code (ECONNREFUSED, ENOSPC, E404 …) is what a person can look up.
    const code = /npm (?:error|ERR!) code (\S+)/.exec(result.stderr)?.[1] ?? 'unknown';
    stop(
      `The packages could not be installed (npm: ${code}). ` +
        'Is the npm registry reachable and the disk not full?\n' +
        'Nothing was started. Run the same command again when it is.',
    );
  }
  writeFileSync(marker, lock);
}

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  stop(`Node ${oldestMajor} or newer is needed to begin; this is ${process.version}.`);
}
installDependencies();

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(scripts, name)
  ? [join(root, scripts[name]), ...args]
  : [join(root, 'local', 'cli', 'main.ts'), ...process.argv.slice(2)];
const child = spawn(node, command, {
  cwd: process.cwd(),
  stdio: 'inherit',
});
// The child decides when it has cleaned up; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
