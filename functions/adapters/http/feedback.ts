/**
 * The feedback function's side of HTTP: `POST /feedback/<orderId>/<token>` in, two words out. Every
 * failure answers `FAIL`, so that PayApp calls again; nothing about the failure is told.
 */
import type { FeedbackRequest } from '#ports/payments.ts';
import type { Log } from '#ports/system.ts';
import { Misconfigured } from '#ports/system.ts';
import type { Call, FunctionContext } from './context.ts';
import { callOf } from './context.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

const route = /^\/feedback\/([A-Za-z0-9][A-Za-z0-9._-]{0,35})\/([A-Za-z0-9_-]{1,128})\/?$/;

export const serveFeedback = async (
  context: FunctionContext,
  log: (context: FunctionContext, correlationId: string) => Log,
  receive: (call: Call, log: Log, request: FeedbackRequest) => Promise<Answer>,
): Promise<unknown> => {
  const call = callOf(context.req);
  const lines = log(context, call.correlationId);
  let answer: Answer = { status: 500, body: 'FAIL' };
  try {
    answer = await receive(call, lines, requestOf(context));
  } catch (error) {
    const setting = error instanceof Misconfigured ? error.message : '';
    const reason = error instanceof Error ? error.name : 'unknown';
    lines.error('feedback.failed', { reason, setting });
  }
  return context.res.text(answer.body, answer.status, { 'content-type': 'text/plain' });
};

/** A path that is not ours has no token that could fit. */
const requestOf = ({ req }: FunctionContext): FeedbackRequest => {
  const [, orderId = '', token = ''] = route.exec(req.path) ?? [];
  return {
    method: req.method,
    orderId,
    token,
    contentType: req.headers['content-type'] ?? '',
    body: req.bodyText,
  };
};
