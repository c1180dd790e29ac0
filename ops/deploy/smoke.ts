/**
 * Asks every deployed function something harmless, as its callers would, and reads the answer with
 * the contract: a function that starts but lacks a variable says `misconfigured`, one that does not
 * start says nothing. No order, runtime or account is made.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { surveyDeletion } from '#schemas/contract/account.ts';
import { cancelOrder } from '#schemas/contract/checkout.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { Operation } from '#schemas/contract/operation.ts';
import { listServers } from '#schemas/contract/operator.ts';
import { refreshRuntime } from '#schemas/contract/runtimes.ts';
import { inspectInvite } from '#schemas/contract/signup.ts';
import { checkSubdomain } from '#schemas/contract/workspaces.ts';
import type { Api } from './api.ts';
import { reach } from './api.ts';

export interface SmokeResult {
  readonly functionId: string;
  readonly ok: boolean;
  /** What came instead of the right answer. */
  readonly says: string;
}

const execution = z.object({
  $id: z.string(),
  status: z.string(),
  responseStatusCode: z.number(),
  responseBody: z._default(z.string(), ''),
});

const envelope = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string() }) }),
]);

interface Question {
  readonly operation: Pick<Operation<z.ZodMiniType, z.ZodMiniType>, 'function' | 'path'>;
  readonly body: object;
  /** `ok`, or the code it must refuse with. */
  readonly answer: 'ok' | ErrorCode;
}

/** A key is no member: those that serve members must refuse it, after reading their variables. */
const questions = (): readonly Question[] => [
  {
    ...{ operation: inspectInvite, answer: 'invite_unknown' },
    body: { token: randomBytes(32).toString('base64url') },
  },
  { operation: surveyDeletion, body: {}, answer: 'not_signed_in' },
  { operation: checkSubdomain, body: { subdomain: 'smoke' }, answer: 'not_signed_in' },
  { operation: cancelOrder, body: { orderId: 'smoke' }, answer: 'not_signed_in' },
  { operation: refreshRuntime, body: { runtimeId: 'smoke' }, answer: 'not_signed_in' },
  { operation: listServers, body: {}, answer: 'ok' },
];

const codeOf = (body: string): string => {
  try {
    const parsed = envelope.parse(JSON.parse(body));
    return parsed.ok ? 'ok' : parsed.error.code;
  } catch {
    return 'no answer of ours';
  }
};

const ask = async (api: Api, question: Question): Promise<SmokeResult> => {
  const { body, answer } = question;
  const { function: functionId, path } = question.operation;
  const sent = { path, method: 'POST', body: JSON.stringify(body), async: false };
  const done = execution.parse(await api.send('POST', `/functions/${functionId}/executions`, sent));
  const code = codeOf(done.responseBody);
  const says = `answered ${String(done.responseStatusCode)} ${code}, not ${answer}`;
  return { functionId, ok: code === answer, says: code === answer ? '' : says };
};

const sweepTimeoutMs = 120_000;

/** The sweep may take longer than a call may wait: started, then watched. */
const sweep = async (api: Api): Promise<SmokeResult> => {
  const path = '/functions/reconcile/executions';
  const { $id } = execution.parse(await api.send('POST', path, { async: true }));
  const deadline = Date.now() + sweepTimeoutMs;
  for (;;) {
    const seen = execution.parse(await api.get(`${path}/${$id}`));
    const ok = seen.status === 'completed' && seen.responseStatusCode === 200;
    if (ok) return { functionId: 'reconcile', ok, says: '' };
    if (seen.status === 'failed' || Date.now() > deadline) {
      const says = `a sweep ${seen.status} with ${String(seen.responseStatusCode)}`;
      return { functionId: 'reconcile', ok, says };
    }
    await pause(500);
  }
};

/** PayApp's probe of the feedback address: `OK`, from our function and not from a page before it. */
export const probeFeedback = async (feedbackBaseUrl: string): Promise<SmokeResult> => {
  const functionId = 'payapp';
  try {
    const { status, body } = await reach(`${feedbackBaseUrl}/feedback`, { timeoutMs: 20_000 });
    const text = body.toString('utf8').trim();
    if (status === 200 && text === 'OK') return { functionId, ok: true, says: '' };
    const word = text.startsWith('<') ? 'an HTML page' : JSON.stringify(text.slice(0, 40));
    return { functionId, ok: false, says: `${feedbackBaseUrl} answered ${String(status)} ${word}` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return { functionId, ok: false, says: `${feedbackBaseUrl} could not be reached (${code})` };
  }
};

const guarded = async (functionId: string, work: Promise<SmokeResult>): Promise<SmokeResult> =>
  work.catch((error: unknown) => ({
    functionId,
    ok: false,
    says: error instanceof Error ? error.message : 'no answer',
  }));

export const smokeFunctions = (
  api: Api,
  feedbackBaseUrl: string,
): Promise<readonly SmokeResult[]> =>
  Promise.all([
    ...questions().map((question) => guarded(question.operation.function, ask(api, question))),
    guarded('reconcile', sweep(api)),
    probeFeedback(feedbackBaseUrl),
  ]);
