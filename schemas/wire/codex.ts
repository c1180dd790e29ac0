/**
 * What OpenAI's sign-in and the Codex back end send and take, in the vendor's own field names.
 * Source: the Codex flow as OpenClaw 2026.9 drives it. Unknown fields are ignored everywhere.
 */
import * as z from 'zod/mini';

export const CODEX_CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';
export const CODEX_AUTH_ORIGIN = 'https://auth.openai.com';
export const CODEX_MODEL_ORIGIN = 'https://chatgpt.com';
export const CODEX_AUTHORIZE_PATH = '/oauth/authorize';
export const CODEX_TOKEN_PATH = '/oauth/token';
export const CODEX_DEVICE_PATH = '/codex/device';
export const CODEX_DEVICE_CALLBACK = `${CODEX_AUTH_ORIGIN}/deviceauth/callback`;
/** The only address the browser login may end at; nothing of ours listens there. */
export const CODEX_REDIRECT_URI = 'http://localhost:1455/auth/callback';

const text = z.string().check(z.minLength(1), z.maxLength(4096));

/** Query of `GET /oauth/authorize`. */
export const codexAuthorizeQuery = z.object({
  response_type: z.literal('code'),
  client_id: text,
  redirect_uri: text,
  scope: text,
  code_challenge: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  code_challenge_method: z.literal('S256'),
  state: text,
  id_token_add_organizations: z.optional(z.string()),
  codex_cli_simplified_flow: z.optional(z.string()),
  originator: z.optional(z.string()),
});
export type CodexAuthorizeQuery = z.infer<typeof codexAuthorizeQuery>;

/** Query of the address the customer copies: a code, or a named refusal. */
export const codexCallbackQuery = z.union([
  z.object({ code: text, state: text }),
  z.object({ error: text, state: z.optional(text), error_description: z.optional(z.string()) }),
]);
export type CodexCallbackQuery = z.infer<typeof codexCallbackQuery>;

/** Form of `POST /oauth/token`. */
export const codexTokenRequest = z.discriminatedUnion('grant_type', [
  z.object({
    grant_type: z.literal('authorization_code'),
    client_id: text,
    code: text,
    code_verifier: z.string().check(z.regex(/^[A-Za-z0-9._~-]{43,128}$/)),
    redirect_uri: text,
  }),
  z.object({
    grant_type: z.literal('refresh_token'),
    client_id: text,
    refresh_token: text,
  }),
]);
export type CodexTokenRequest = z.infer<typeof codexTokenRequest>;

export const codexTokenAnswer = z.object({
  access_token: text,
  refresh_token: text,
  id_token: z.optional(text),
  token_type: z.optional(z.string()),
  expires_in: z.number().check(z.positive()),
});
export type CodexTokenAnswer = z.infer<typeof codexTokenAnswer>;

export const CODEX_AUTH_CLAIM = 'https://api.openai.com/auth';
export const CODEX_PROFILE_CLAIM = 'https://api.openai.com/profile';

/** Claims of the access token that a client reads without checking the signature. */
export const codexAccessClaims = z.object({
  exp: z.number(),
  [CODEX_AUTH_CLAIM]: z.object({
    chatgpt_account_id: text,
    chatgpt_plan_type: z.optional(z.string()),
    chatgpt_user_id: z.optional(z.string()),
  }),
  [CODEX_PROFILE_CLAIM]: z.optional(z.object({ email: z.optional(z.string()) })),
});
export type CodexAccessClaims = z.infer<typeof codexAccessClaims>;

/** `POST /api/accounts/deviceauth/usercode` */
export const codexDeviceCodeRequest = z.object({ client_id: text });
export const codexDeviceCodeAnswer = z.object({
  device_auth_id: text,
  user_code: text,
  interval: z.union([z.number(), z.string()]),
});
/** `POST /api/accounts/deviceauth/token`: 403 or 404 until the person has agreed. */
export const codexDeviceTokenRequest = z.object({ device_auth_id: text, user_code: text });
export const codexDeviceTokenAnswer = z.object({
  authorization_code: text,
  code_challenge: z.optional(text),
  code_verifier: text,
});

const inputPart = z.object({ type: z.string(), text: z.optional(z.string()) });
const inputItem = z.object({
  type: z.optional(z.string()),
  role: z.optional(z.string()),
  content: z.nullish(z.union([z.string(), z.array(inputPart)])),
});
/** Body of `POST /backend-api/codex/responses`, as far as an answer depends on it. */
export const codexResponsesRequest = z.object({
  model: text,
  stream: z.optional(z.boolean()),
  instructions: z.optional(z.nullable(z.string())),
  input: z.union([z.string(), z.array(inputItem)]),
});
export type CodexResponsesRequest = z.infer<typeof codexResponsesRequest>;
