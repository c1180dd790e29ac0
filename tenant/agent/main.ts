/**
 * The tenant's agent as a process: `bootstrap` writes the gateway's configuration and ends, `serve`
 * answers until SIGTERM. Guarantees: a failure is one line and exit code 1 (28: no
 * room for a copy of the state); settings come from the
 * environment only.
 */
import { bootstrap } from './bootstrap/run.ts';
import { NoRoom, noRoomExitCode } from './bootstrap/state-copy.ts';
import { ConfigError, parseConfig } from './config.ts';
import { createLog, errorKind } from './log.ts';
import { serve } from './serve.ts';

const log = createLog((line) => process.stdout.write(line), Date.now);

async function run(command: string | undefined): Promise<void> {
  if (command === 'bootstrap') {
    await bootstrap(parseConfig(process.env), log);
    return;
  }
  if (command !== 'serve') throw new ConfigError('usage: agent bootstrap | serve');
  const agent = await serve(parseConfig(process.env), log);
  const end = (): void => void agent.close().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { port, path } = error as { port?: unknown; path?: unknown };
  const subject = typeof port === 'number' ? ` (port ${port})` : pathNote(path);
  return `${errorKind(error)}${subject}`;
}

function pathNote(path: unknown): string {
  return typeof path === 'string' ? ` (${path})` : '';
}

run(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`agent stopped: ${explain(error)}\n`);
  process.exit(error instanceof NoRoom ? noRoomExitCode : 1);
});
