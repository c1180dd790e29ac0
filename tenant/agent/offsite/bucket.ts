/**
 * One S3-compatible bucket: put, look at, read and remove an object of ours. Guarantees: every body is
 * signed with its sum (SigV4), so that the store refuses what arrived otherwise; bounded in time, each
 * wait and the whole; answers are read up to a limit and judged by status and code; no redirect is
 * followed; path style (`<endpoint>/<bucket>/<object>`). Throws `OffsiteFailure`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request as plainRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { BucketGiven } from '#schemas/contract/agent-offsite.ts';
import { guardEndpoint, guardedLookup } from './address.ts';
import { codeOfAnswer, OffsiteFailure, offsiteCodeOf } from './failure.ts';

/** Nothing sent, nothing answered for so long, and nobody is there. */
const stallMs = 60_000;
const maxErrorBytes = 16 * 1024;
const sumOfNothing = createHash('sha256').digest('hex');

export interface BucketOptions {
  readonly given: BucketGiven;
  /** Where everything is a process of one machine. */
  readonly mayBeLoopback: boolean;
  /** Others in tests alone. */
  readonly stallAfterMs?: number;
}

interface Sent {
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  readonly object: string;
  readonly sum?: string;
  readonly bytes?: number;
  readonly body?: Readable;
  readonly signal: AbortSignal;
}

export class Bucket {
  readonly #options: BucketOptions;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  /** `sum`: SHA-256 of the file, hex. */
  async put(
    object: string,
    { file, sum, bytes }: { readonly file: string; readonly sum: string; readonly bytes: number },
    signal: AbortSignal,
  ): Promise<void> {
    const body = createReadStream(file);
    await this.#send({ method: 'PUT', object, sum, bytes, body, signal }, drained);
  }

  /** Its SHA-256, hex. */
  async putText(object: string, text: string, signal: AbortSignal): Promise<string> {
    const content = Buffer.from(text);
    const sum = createHash('sha256').update(content).digest('hex');
    const body = Readable.from([content]);
    const bytes = content.length;
    await this.#send({ method: 'PUT', object, sum, bytes, body, signal }, drained);
    return sum;
  }

  /** Bytes of what lies there. */
  async sizeOf(object: string, signal: AbortSignal): Promise<number> {
    return this.#send({ method: 'HEAD', object, signal }, async (answer) => {
      await drained(answer);
      return Number(answer.headers['content-length'] ?? Number.NaN);
    });
  }

  /** SHA-256 of what lies there, hex; all of it comes here for that. */
  async sumOf(object: string, signal: AbortSignal): Promise<string> {
    return this.#send({ method: 'GET', object, signal }, async (answer) => {
      const hash = createHash('sha256');
      await pipeline(answer, hash, { signal });
      return hash.digest('hex');
    });
  }

  /** Also when it was not there. */
  async remove(object: string, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'DELETE', object, signal }, drained);
  }

  async #send<T>(sent: Sent, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
    try {
      const answer = await this.#ask(sent);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return await read(answer);
      throw new OffsiteFailure(codeOfAnswer(status, await beginning(answer)));
    } catch (error) {
      throw error instanceof OffsiteFailure
        ? error
        : new OffsiteFailure(offsiteCodeOf(error), error);
    } finally {
      sent.body?.destroy();
    }
  }

  async #ask({ method, object, sum, bytes = 0, body, signal }: Sent): Promise<IncomingMessage> {
    const { given, mayBeLoopback, stallAfterMs = stallMs } = this.#options;
    const url = new URL(`/${given.bucket}/${object}`, given.endpoint);
    guardEndpoint(url, mayBeLoopback);
    const { accessKeyId, secretAccessKey, region } = given;
    const signer = new AwsV4Signer({
      ...{ method, url: url.href, accessKeyId, secretAccessKey, region, service: 's3' },
      headers: { 'x-amz-content-sha256': sum ?? sumOfNothing },
    });
    const { headers } = await signer.sign();
    const request = url.protocol === 'https:' ? secureRequest : plainRequest;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const call = request(url, {
      method,
      headers: { ...Object.fromEntries(headers), 'content-length': bytes },
      lookup: guardedLookup(mayBeLoopback),
      agent: false,
      signal,
      timeout: stallAfterMs,
    });
    call.once('timeout', () => call.destroy(new OffsiteFailure('bucket_unreachable')));
    call.once('response', resolve).once('error', reject);
    if (body === undefined) call.end();
    // A refusal may come before all was sent, and is worth more than the broken pipe after it.
    else void pipeline(body, call).catch(() => undefined);
    return promise;
  }
}

async function drained(answer: IncomingMessage): Promise<void> {
  await beginning(answer);
}

async function beginning(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxErrorBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
