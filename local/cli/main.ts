/** `node local/cli/main.ts <command>`: the commands of the README, one file each. */
import { SetupError, say } from '../supervisor/output.ts';

const commands: Readonly<Record<string, () => Promise<{ run: Command }>>> = {
  start: () => import('./start.ts'),
  appwrite: () => import('./appwrite.ts'),
  payapp: () => import('./payapp.ts'),
  demo: () => import('./demo.ts'),
  reset: () => import('./reset.ts'),
  test: () => import('./test.ts'),
};

export type Command = (args: readonly string[]) => Promise<number>;

const [name = 'start', ...args] = process.argv.slice(2);
const load = commands[name];
if (load === undefined) {
  say(`There is no command "${name}". Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
try {
  const { run } = await load();
  process.exitCode = await run(args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  // Expected trouble (a taken port, no registry, no space): said plainly, no stack trace.
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
