/**
 * A merchant that listens, for tests: records every notice and answers as it is told.
 */
import { createServer } from 'node:http';
import { listen, readBody, stop } from './http.ts';

export interface Heard {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Merchant {
  readonly port: number;
  readonly heard: Heard[];
  /** What the next notices are answered with, first come first served; then SUCCESS. */
  readonly answers: { readonly status: number; readonly body: string }[];
  readonly close: () => Promise<void>;
}

export async function startMerchant(): Promise<Merchant> {
  const heard: Heard[] = [];
  const answers: { status: number; body: string }[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body = '') => {
      heard.push({
        method: request.method ?? '',
        host: request.headers.host ?? '',
        path: request.url ?? '',
        fields: Object.fromEntries(new URLSearchParams(body)),
      });
      const answer = answers.shift() ?? { status: 200, body: 'SUCCESS' };
      response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
    });
  });
  const address = await listen(server, 0);
  return { port: Number(new URL(address).port), heard, answers, close: () => stop(server) };
}

/** Waits until a condition holds; fails with its name when the deadline passes first. */
export async function until(
  name: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const endsAt = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`Waited in vain until ${name}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
