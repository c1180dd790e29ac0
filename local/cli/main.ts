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
/** For those that take no word apart themselves: asking about a command must not carry it out. */
const usages: Readonly<Record<string, string>> = {
  start: 'Usage: npm start   the whole product; HOSTED_PORT=18080 npm start moves its ports',
  demo: 'Usage: npm run demo -- [--json]   from invite to ready without hands',
  reset: 'Usage: npm run reset   drops all accounts, orders and runtimes of this machine',
};
const usage = args.includes('--help') ? usages[name] : undefined;
if (usage !== undefined) {
  say(usage);
  process.exit(0);
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
