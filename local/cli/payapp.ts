/**
 * `npm run payapp`: the PayApp sandbox and nothing else, until Ctrl-C, with a fault plan by name.
 * Prints no key: the seller is in the state file, readable by its owner only.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { noFaults, planFaults } from '../payapp/faults.ts';
import { createPayApp } from '../payapp/payapp.ts';
import type { PayApp } from '../payapp/payapp.ts';
import { FAULT_PLANS, FAULT_PLAN_NAMES, isPlanName } from '../payapp/plans.ts';
import type { PlanName } from '../payapp/plans.ts';
import { SetupError, say } from '../supervisor/output.ts';

const DEFAULT_PORT = 4300;
const DEFAULT_DATA = '.local/payapp-alone';

const USAGE =
  'Usage: npm run payapp -- [--fault <name>] [--port <0-65535>] [--data <folder>] [--json]';

const listed = (): string => {
  const width = Math.max(...FAULT_PLAN_NAMES.map((name) => name.length));
  return FAULT_PLAN_NAMES.map((name) => `  ${name.padEnd(width)}  ${FAULT_PLANS[name].says}`).join(
    '\n',
  );
};

interface Choice {
  readonly help: boolean;
  readonly json: boolean;
  readonly fault: PlanName;
  readonly port: number;
  readonly data: string;
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false, short: 'h' },
        json: { type: 'boolean', default: false },
        fault: { type: 'string', default: 'none' },
        port: { type: 'string', default: String(DEFAULT_PORT) },
        data: { type: 'string', default: DEFAULT_DATA },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
};

const choiceFrom = (args: readonly string[]): Choice => {
  const { help, json, fault, port, data } = parsed(args);
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (!(number >= 0 && number <= 65_535)) {
    throw new SetupError(`--port must be a port number, not "${port}".`);
  }
  if (data === '') throw new SetupError('--data must name a folder.');
  if (!isPlanName(fault)) {
    throw new SetupError(`There is no fault plan "${fault}". Known:\n${listed()}`);
  }
  return { help, json, fault, port: number, data: resolve(data) };
};

const begin = async ({ port, data, fault }: Choice): Promise<PayApp> => {
  const planned = planFaults(noFaults(), { plan: fault });
  if (!planned.ok) throw new Error(planned.reason);
  try {
    const stateFile = join(data, 'state.json');
    return await createPayApp({ port, stateFile, faults: planned.faults });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE') {
      throw new SetupError(`Port ${port} is in use. Choose another: --port <number>.`);
    }
    if (['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code)) {
      throw new SetupError(`Cannot write to ${data} (${code}).`);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new SetupError(`${data}/state.json cannot be read. Delete it to begin anew.`);
  }
};

const announce = ({ listening }: PayApp, { fault, data }: Choice): void => {
  const change = `curl -X PATCH ${listening}/_ctl/faults -d '{"plan":"<name>"}'`;
  say(`PayApp sandbox. No money moves. Fault plan: ${fault} (${FAULT_PLANS[fault].says}).`);
  say('');
  say(`  API     ${listening}/oapi/apiLoad.html`);
  say(`  Pages   ${listening}/`);
  say(`  Seller  userid, linkkey and linkval are under "seller" in ${data}/state.json`);
  say(`  Plan    ${change}`);
  say('');
  say('Stop with Ctrl-C. `npm run payapp -- --help` lists the plans.');
};

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => done());
  });

export const run = async (args: readonly string[]): Promise<number> => {
  const choice = choiceFrom(args);
  if (choice.help) {
    say(`${USAGE}\n\nFault plans:\n${listed()}`);
    return 0;
  }
  const stopAsked = interrupted();
  const payApp = await begin(choice);
  try {
    const { listening } = payApp;
    if (choice.json) say(JSON.stringify({ listening, fault: choice.fault }));
    else announce(payApp, choice);
    await stopAsked;
    return 0;
  } finally {
    await payApp.close();
  }
};
