/**
 * Reads a request body. Guarantees: never more than the limit in memory, and the shape the route
 * asks for (JSON, or for a page's form one field); everything else is `body_invalid` or
 * `body_too_large`.
 */
import type { IncomingMessage } from 'node:http';
import { AgentFailure } from '../failure.ts';

export const maxBodyBytes = 16 * 1024;

interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

export async function readBody<T>(request: IncomingMessage, shape: Parser<T>): Promise<T> {
  const type = request.headers['content-type'] ?? '';
  // Also what makes a browser ask first: a form post from a foreign page ends here.
  if (!/^application\/json(;|$)/i.test(type)) throw new AgentFailure('body_invalid');
  const parsed = shape.safeParse(parseJson(await collect(request)));
  if (!parsed.success) throw new AgentFailure('body_invalid');
  return parsed.data;
}

/** The only value of that field of a posted form; null when it is missing or there are two. */
export async function readFormField(
  request: IncomingMessage,
  name: string,
): Promise<string | null> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(type)) {
    throw new AgentFailure('body_invalid');
  }
  const values = new URLSearchParams(await collect(request)).getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

async function collect(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    throw new AgentFailure('body_too_large');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new AgentFailure('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AgentFailure('body_invalid');
  }
}
