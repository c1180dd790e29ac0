/** `npm run migrate [-- --dry-run]`: rows saved by older versions get what new code would write. */
import { parseArgs } from 'node:util';
import { withKey } from '#ops/deploy/connect.ts';
import { say, step } from '#ops/deploy/output.ts';
import { defaultFile, loadAccess } from '#ops/env/load.ts';
import { migrateAll } from '#ops/migrate/pending.ts';
import { runCommand } from './run.ts';
import { UsageError, exitCodes } from './usage.ts';

const usage = 'Usage: npm run migrate -- [--dry-run] [--env <file>]';

interface Choice {
  readonly isDry: boolean;
  readonly file: string;
}

const choiceFrom = (args: readonly string[]): Choice => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean', default: false },
        env: { type: 'string', default: defaultFile },
      },
    });
    return { isDry: values['dry-run'], file: values.env };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

await runCommand(usage, async (args) => {
  const { isDry, file } = choiceFrom(args);
  const api = withKey(loadAccess(file));
  const pending = await migrateAll(api, step, isDry);
  if (pending === 0) say('Nothing to migrate.');
  else if (isDry) say('\nA dry run: nothing was written.');
  return isDry && pending > 0 ? exitCodes.changes : exitCodes.done;
});
