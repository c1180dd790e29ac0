/**
 * Ten thousand malformed inputs against the embedded Appwrite. Whatever is sent, the server stays
 * up, explains every refusal (no 5xx without a `type`, none unexplained at all), keeps its memory
 * and leaves nothing outside of its folder. FUZZ_SEED repeats a run, FUZZ_INPUTS lengthens one.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  httpInput,
  multipartInput,
  queryInput,
  routeInput,
  socketInput,
  type World,
} from './inputs.ts';
import { Random } from './random.ts';
import { key, knownRoutes, project, startTarget, type Target } from './target.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123);
const inputs = Number(process.env['FUZZ_INPUTS'] ?? 10_000);
const atOnce = 16;
const quietAfterMs = 40;
const answerTimeoutMs = 10_000;
const restoreEvery = 500;
const maxMemoryMb = 400;
const maxFindings = 20;

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});

afterAll(() => target.stop());

type Make = (random: Random, world: World) => Buffer;

interface Kind {
  readonly name: string;
  readonly make: Make;
  readonly share: number;
  /** The input may leave the server waiting for more: hang up when it has been quiet. */
  readonly open: boolean;
}

const kinds: readonly Kind[] = [
  { name: 'routes', make: routeInput, share: 0.45, open: false },
  { name: 'queries', make: queryInput, share: 0.2, open: false },
  { name: 'multipart', make: multipartInput, share: 0.1, open: false },
  { name: 'http', make: httpInput, share: 0.15, open: true },
  { name: 'sockets', make: socketInput, share: 0.1, open: true },
];

/** Everything the server wrote until it closed, or until it fell silent. */
function attack(bytes: Buffer, open: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(target.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let quiet: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => socket.destroy(new Error('no answer')), answerTimeoutMs);
    const rest = (): void => {
      clearTimeout(quiet);
      if (open) quiet = setTimeout(() => socket.destroy(), quietAfterMs);
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      rest();
    });
    socket.on('error', (error) => chunks.push(Buffer.from(`\nFUZZ ${error.message}`)));
    socket.on('close', () => {
      clearTimeout(quiet);
      clearTimeout(limit);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(bytes);
    rest();
  });
}

function complaint(answer: string): string | undefined {
  if (answer.includes('FUZZ no answer')) return 'no answer in time';
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
  if (status < 500) return undefined;
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  const type = /"type":"([^"]+)"/.exec(body)?.[1];
  if (type === undefined) return `${String(status)} without a type`;
  return type === 'general_unknown' ? `${String(status)} general_unknown` : undefined;
}

interface Finding {
  readonly kind: string;
  readonly at: number;
  readonly problem: string;
  readonly input: string;
}

async function run(kind: Kind, world: World): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const count = Math.round(inputs * kind.share);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && findings.length < maxFindings && target.alive()) {
      const at = next;
      next += 1;
      if (at % restoreEvery === restoreEvery - 1) await target.restore().catch(() => undefined); // A dead server is found below.
      const bytes = kind.make(new Random(seed * 31 + at), world);
      const problem = complaint(await attack(bytes, kind.open));
      const input = bytes.toString('latin1').slice(0, 1_500);
      if (problem !== undefined) findings.push({ kind: kind.name, at, problem, input });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return findings;
}

test(
  `${String(inputs)} inputs (seed ${String(seed)}): up, explained, bounded`,
  { timeout: 60_000 },
  async () => {
    const world: World = { routes: knownRoutes(), session: target.session };
    for (const kind of kinds) expect(await run(kind, world), target.reported()).toEqual([]);
    expect(target.reported()).toBe('');
    expect(target.alive()).toBe(true);
    expect(target.peakMemoryMb()).toBeLessThan(maxMemoryMb);
    const health = await fetch(`http://127.0.0.1:${String(target.port)}/v1/health/version`);
    expect(await health.json()).toEqual({ version: '1.9.6' });
  },
);

test('no input of a form or a JSON body reached Object.prototype', async () => {
  const headers = { 'x-appwrite-project': project, 'x-appwrite-key': key };
  const url = `http://127.0.0.1:${String(target.port)}/v1/functions`;
  for (const body of ['__proto__[polluted]=1', 'constructor[prototype][polluted]=1']) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body });
  }
  const answer = await fetch(`http://127.0.0.1:${String(target.port)}/v1/users`, { headers });
  expect(await answer.text()).not.toContain('polluted');
});
