/** `npm run export -- <folder>`: every table of the project into a folder that can be imported. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exportTables } from '#ops/backup/export.ts';
import { say, step } from '#ops/deploy/output.ts';
import { withKey } from '#ops/deploy/connect.ts';
import { defaultFile, loadAccess } from '#ops/env/load.ts';
import { runCommand } from './run.ts';
import { UsageError, exitCodes } from './usage.ts';

const usage = 'Usage: npm run export -- <folder> [--env <file>]';

const choiceFrom = (
  args: readonly string[],
): { readonly folder: string; readonly file: string } => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { env: { type: 'string', default: defaultFile } },
    });
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) throw new Error('Name one folder.');
    return { folder: resolve(folder), file: values.env };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

await runCommand(usage, async (args) => {
  const { folder, file } = choiceFrom(args);
  const access = loadAccess(file);
  const { endpoint, projectId } = access;
  const startedAt = performance.now();
  const { rows, digest, changed, absent } = await exportTables({
    api: withKey(access),
    folder,
    source: { endpoint, projectId },
    now: () => new Date(),
    step,
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(
    `\n${String(rows)} rows in ${folder}, ${seconds.toFixed(1)} s. It holds customers' addresses.`,
  );
  say(`Digest ${digest}`);
  if (absent.length > 0) {
    say(`Not in the project yet, so not in the backup; a deploy makes them: ${absent.join(', ')}.`);
  }
  if (changed > 0) {
    say(
      `${String(changed)} rows changed while it ran: for a copy of one moment, pause the functions.`,
    );
  }
  return exitCodes.done;
});
