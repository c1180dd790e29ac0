/** `npm run import -- <folder>`: brings a backup back into an empty project. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importTables } from '#ops/backup/import.ts';
import { withKey } from '#ops/deploy/connect.ts';
import { say, step } from '#ops/deploy/output.ts';
import { defaultFile, loadAccess } from '#ops/env/load.ts';
import { runCommand } from './run.ts';
import { UsageError, exitCodes } from './usage.ts';

const usage = 'Usage: npm run import -- <folder> [--replace <project id>] [--env <file>]';

interface Choice {
  readonly folder: string;
  readonly file: string;
  readonly replace: string | undefined;
}

const choiceFrom = (args: readonly string[]): Choice => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { env: { type: 'string', default: defaultFile }, replace: { type: 'string' } },
    });
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) throw new Error('Name one folder.');
    return { folder: resolve(folder), file: values.env, replace: values.replace };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

await runCommand(usage, async (args) => {
  const { folder, file, replace } = choiceFrom(args);
  const access = loadAccess(file);
  if (replace !== undefined && replace !== access.projectId) {
    throw new UsageError(`--replace names ${replace}, but ${file} is of ${access.projectId}.`);
  }
  const startedAt = performance.now();
  const { rows, digest } = await importTables({
    api: withKey(access),
    folder,
    replace: replace !== undefined,
    step,
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`\n${String(rows)} rows are back, ${seconds.toFixed(1)} s. Digest ${digest}`);
  say('Functions are paused. npm run doctor looks at it; npm run deploy turns them on again.');
  return exitCodes.done;
});
