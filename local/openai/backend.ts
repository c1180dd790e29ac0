/**
 * The Codex back end: model turns, the model list, the usage page's numbers.
 * Guarantees: every route needs an access token that this issuer signed and has not revoked, and
 * the account header, where given, must be that token's account. So a turn that answers proves
 * the login it was made with.
 */
import { randomUUID } from 'node:crypto';
import { codexResponsesRequest } from '#schemas/wire/codex.ts';
import type { Answer } from './http.ts';
import { eventStream, json, page, parseJson } from './http.ts';
import { answerTo, openUserTexts, STAND_IN_SENTENCE, toFrames, turnEvents } from './model.ts';
import { gatekeeperPage } from './pages.ts';
import type { Caller } from './tokens.ts';
import { refusal } from './refusals.ts';
import type { Exchange, Handler } from './world.ts';
import { recordTurn, wait } from './world.ts';

const MODELS = [
  'gpt-6-astra',
  'gpt-5.6-sol',
  'gpt-5.6-terra',
  'gpt-5.6-luna',
  'gpt-5.5',
  'gpt-5.4',
];
const CONTEXT_WINDOW_TOKENS = 272_000;

/** Runs a route only for the holder of a living access token. */
function forCaller(handle: (exchange: Exchange, caller: Caller) => Promise<Answer>): Handler {
  return async (exchange) => {
    const { headers } = exchange.request;
    const caller = await exchange.world.mint.verify(headers.authorization);
    const accountId = headers['chatgpt-account-id'];
    if (
      caller === undefined ||
      (accountId ?? caller.account.accountId) !== caller.account.accountId
    ) {
      return refusal(401, 'token_invalid', 'Your authentication token has been invalidated.');
    }
    return handle(exchange, caller);
  };
}

export const respond = forCaller(async ({ world, request, body }, { account }) => {
  await wait(request, world.knobs.modelLatencyMs);
  if (world.knobs.modelStatus !== 0) return failedTurn(world.knobs.modelStatus);
  const form = codexResponsesRequest.safeParse(parseJson(body));
  if (!form.success) return json(400, { detail: 'The request is not a Responses request.' });
  if (form.data.stream !== true) return json(400, { detail: 'Stream must be set to true' });
  const answer = answerTo(openUserTexts(form.data.input));
  const turn = {
    responseId: `resp_${randomUUID().replaceAll('-', '')}`,
    messageId: `msg_${randomUUID().replaceAll('-', '')}`,
    model: form.data.model,
    createdAtSeconds: Math.floor(world.now() / 1000),
    promptChars: body.length,
    answer,
  };
  recordTurn(world, {
    at: new Date(world.now()).toISOString(),
    model: turn.model,
    accountId: account.accountId,
    promptChars: turn.promptChars,
    obeyed: answer !== STAND_IN_SENTENCE,
  });
  const frames = toFrames(turnEvents(turn));
  return eventStream(world.knobs.modelCutsOff ? frames.slice(0, -3) : frames);
});

function failedTurn(status: number): Answer {
  if (status === 401) return refusal(401, 'token_invalid', 'Your token has been invalidated.');
  if (status === 403) return page(403, gatekeeperPage());
  if (status === 429) {
    const error = { type: 'usage_limit_reached', message: 'The usage limit has been reached' };
    return json(429, { error: { ...error, plan_type: 'plus', resets_in_seconds: 60 } });
  }
  return json(status, { error: { type: 'server_error', message: 'A knob of the stand-in.' } });
}

export const listModels = forCaller(async () =>
  json(200, {
    models: MODELS.map((slug) => ({
      slug,
      display_name: slug,
      visibility: 'list',
      supported_in_api: true,
      context_window: CONTEXT_WINDOW_TOKENS,
      input_modalities: ['text', 'image'],
      supported_reasoning_levels: ['low', 'medium', 'high'].map((effort) => ({
        effort,
        description: effort,
      })),
    })),
  }),
);

export const showUsage = forCaller(async ({ world }, { account }) => {
  const nowSeconds = Math.floor(world.now() / 1000);
  const window = (seconds: number): Record<string, number> => ({
    used_percent: 1,
    limit_window_seconds: seconds,
    reset_after_seconds: seconds,
    reset_at: nowSeconds + seconds,
  });
  return json(200, {
    user_id: account.userId,
    account_id: account.accountId,
    plan_type: account.plan,
    rate_limit: {
      allowed: true,
      limit_reached: false,
      primary_window: window(18_000),
      secondary_window: window(604_800),
    },
  });
});
