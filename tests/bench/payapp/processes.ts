/** What is measured in processes of their own: what a bundle calls, and how long its import takes. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { payappUserId } from '#local/supervisor/parts.ts';
import * as z from 'zod';
import type { TestProduct } from '#tests/support/product.ts';
import { percentile } from './load.ts';
import type { Sender } from './notices.ts';

const run = promisify(execFile);
const runTimeoutMs = 60_000;
const tracedNotices = 20;
const importRuns = 11;

const trace = z.object({
  requests: z.array(z.string()),
  peers: z.array(z.string()),
  answers: z.array(z.string()),
});

export interface CallsPerNotice {
  readonly writes: number;
  readonly reads: number;
  /** Connections to anything that is not Appwrite. */
  readonly outside: number;
}

/** On accepted notices, each new; the mean of twenty. */
export const countCalls = async (
  product: TestProduct,
  bundle: string,
  sender: Sender,
): Promise<CallsPerNotice> => {
  const calls = Array.from({ length: tracedNotices }, () => sender.make('4'));
  const running = run(process.execPath, [join(import.meta.dirname, 'traced.ts'), bundle], {
    timeout: runTimeoutMs,
    env: {
      APPWRITE_FUNCTION_API_ENDPOINT: product.world.internalApiUrl,
      APPWRITE_FUNCTION_PROJECT_ID: product.world.projectId,
      PAYAPP_USERID: payappUserId,
      PAYAPP_LINKKEY: product.secrets.payappLinkKey,
      PAYAPP_LINKVAL: product.secrets.payappLinkVal,
      ORDER_TOKEN_KEY: product.secrets.orderTokenKey,
    },
  });
  running.child.stdin?.end(JSON.stringify({ key: product.secrets.appwriteKey, calls }));
  const { requests, peers, answers } = trace.parse(JSON.parse((await running).stdout));
  if (answers.some((answer) => answer !== 'SUCCESS') || answers.length !== tracedNotices) {
    throw new Error(`a traced notice was answered ${answers.join(' ')}`);
  }
  const reads = requests.filter((method) => method === 'GET' || method === 'HEAD').length;
  const { host } = new URL(product.world.internalApiUrl);
  return {
    writes: (requests.length - reads) / tracedNotices,
    reads: reads / tracedNotices,
    outside: peers.filter((peer) => peer !== host).length / tracedNotices,
  };
};

export interface ImportTime {
  readonly wallMs: number;
  /** Does not depend on who else uses the machine. */
  readonly cpuMs: number;
}

const importTime = async (file: string): Promise<ImportTime> => {
  const script =
    'const before = process.cpuUsage(); const at = performance.now();' +
    `await import(${JSON.stringify(pathToFileURL(file).href)});` +
    'const wall = performance.now() - at; const { user, system } = process.cpuUsage(before);' +
    'console.log(wall, (user + system) / 1000); process.exit(0);';
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    timeout: runTimeoutMs,
  });
  const [wallMs = 0, cpuMs = 0] = stdout.split(' ').map(Number);
  return { wallMs, cpuMs };
};

const medianOf = (times: readonly ImportTime[]): ImportTime => ({
  wallMs: percentile(
    times.map(({ wallMs }) => wallMs),
    0.5,
  ),
  cpuMs: percentile(
    times.map(({ cpuMs }) => cpuMs),
    0.5,
  ),
});

/** Cold processes, one after the other, in turns; what importing an empty module takes is taken off. */
export const coldImports = async (
  [ours, naive]: readonly [string, string],
  folder: string,
): Promise<readonly [ImportTime, ImportTime]> => {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export default () => undefined;\n');
  const times: Record<'bare' | 'ours' | 'naive', ImportTime[]> = { bare: [], ours: [], naive: [] };
  for (let round = 0; round < importRuns; round += 1) {
    times.bare.push(await importTime(empty));
    times.ours.push(await importTime(ours));
    times.naive.push(await importTime(naive));
  }
  const bare = medianOf(times.bare);
  const above = (each: readonly ImportTime[]): ImportTime => {
    const { wallMs, cpuMs } = medianOf(each);
    return { wallMs: wallMs - bare.wallMs, cpuMs: cpuMs - bare.cpuMs };
  };
  return [above(times.ours), above(times.naive)];
};
