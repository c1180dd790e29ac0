/**
 * One HTTP exchange with a runtime's public address: bounded in time and size, no redirect followed,
 * nothing of it logged. The host comes from our own row only.
 */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { agentError } from '#schemas/contract/agent.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export interface AgentSettings {
  readonly scheme: 'https' | 'http';
  /** Connect here instead of asking DNS: split-horizon networks, one machine. */
  readonly address?: string;
  /** PEM of the only authority to trust, in place of the public ones. */
  readonly authority?: string;
}

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Whatever certificate is shown: only to learn who answers, never to say anything to it. */
  readonly anyCertificate?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const answerLimitBytes = 256 * 1024;

const readAnswer = (response: IncomingMessage): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > answerLimitBytes) response.destroy(new Error('answer too large'));
      else chunks.push(chunk);
    });
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    response.on('error', reject);
    response.on('close', () => reject(new Error('answer cut off')));
  });

const optionsFor = (settings: AgentSettings, exchange: Exchange): RequestOptions => {
  const { url, method, body, headers = {}, timeoutMs } = exchange;
  const length: Record<string, string> =
    body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const direct: RequestOptions = {
    method,
    headers: { host: url.host, ...length, ...headers },
    signal: AbortSignal.timeout(timeoutMs),
    // Whatever becomes of an upgrade, its connection is nobody else's afterwards.
    ...(headers['upgrade'] === undefined ? {} : { agent: false }),
    ...(settings.authority === undefined ? {} : { ca: settings.authority }),
    ...(exchange.anyCertificate === true ? { rejectUnauthorized: false } : {}),
  };
  if (settings.address === undefined) return direct;
  return { ...direct, hostname: settings.address, servername: url.hostname, setHost: false };
};

/** Rejects when there is no whole answer in time, whatever the reason. 101 is an answer too. */
export const exchange = (settings: AgentSettings, wanted: Exchange): Promise<RawAnswer> => {
  const send = wanted.url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = send(wanted.url, optionsFor(settings, wanted), (response) => {
      readAnswer(response).then(resolve, reject);
    });
    sent.on('upgrade', (response: IncomingMessage, socket: Socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
    });
    sent.on('error', reject);
    sent.end(wanted.body);
  });
};

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The agent's own word, or null: a page or a refusal of something else is none. */
export const refusalOf = (answer: RawAnswer): AgentErrorCode | null => {
  const refusal = agentError.safeParse(parseJson(answer.text));
  return refusal.success ? refusal.data.error.code : null;
};
