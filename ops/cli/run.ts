/** Runs a command of `ops/`: expected trouble is said plainly, without a stack trace. */
import { ApiError } from '#ops/deploy/api.ts';
import { SetupError, say } from '#ops/deploy/output.ts';
import { UsageError, exitCodes } from './usage.ts';

const codeOf = (error: unknown): number | undefined => {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof SetupError || error instanceof ApiError ? exitCodes.failed : undefined;
};

export const runCommand = async (
  usage: string,
  command: (args: readonly string[]) => Promise<number>,
): Promise<void> => {
  if (process.argv.includes('--help')) {
    say(usage);
    return;
  }
  // The work may be cut off anywhere and is run again; children end with their own time-outs.
  process.once('SIGINT', () => {
    process.stderr.write('\nInterrupted. Run the same command again to go on.\n');
    process.exit(130);
  });
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    process.stderr.write(`\n${error instanceof Error ? error.message : ''}\n`);
    process.exitCode = code;
  }
};
