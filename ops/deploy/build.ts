/** Functions, agent and site from their sources, in a process of its own. Throws `SetupError`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SetupError } from './output.ts';
import { root } from './stage.ts';

const buildTimeoutMs = 10 * 60_000;

export const buildAll = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'build', 'main.ts')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildTimeoutMs,
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4_000);
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(`The build failed:\n${errors}`));
    });
  });
