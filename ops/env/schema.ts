/**
 * The one `.env` of an installation: every name of `.env.example`, checked. What does not fit is
 * named with what it should be, never shown. Values that open a door are `Secret` from here on.
 */
import * as z from 'zod/mini';
import type { Target } from '#ops/deploy/connect.ts';
import type { Installation } from '#ops/deploy/installation.ts';
import { Secret } from '#ops/deploy/secret.ts';
import { optionalVariables, pickVariables, variableNames } from '#ops/deploy/variables.ts';

const filled = z.string().check(z.trim(), z.minLength(1, 'is empty'));
const secret = z.pipe(
  filled,
  z.transform((text) => new Secret(text)),
);
const email = z.string().check(z.trim(), z.email('is not an e-mail address'));
const webUrl = z.url({ protocol: /^https?$/, error: 'is not an http(s) address' });
const origin = webUrl.check(
  z.refine(
    (text) => URL.parse(text)?.pathname === '/',
    'is not just scheme, host and port, such as https://example.com',
  ),
);
const endpoint = webUrl.check(z.regex(/\/v1$/, 'does not end in /v1'));
const hostAndPort = filled.check(
  z.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/, 'is not a domain, such as run.example.com'),
);

const base64Bytes = (least: number): z.core.$ZodCheck<Secret> =>
  z.refine(
    (value) => Buffer.from(value.reveal(), 'base64').length >= least,
    `is not base64 of ${String(least)} bytes or more`,
  );

const jwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().check(z.minLength(1)),
});

const isSigningKey = (value: Secret): boolean => {
  try {
    return jwk.safeParse(JSON.parse(value.reveal())).success;
  } catch {
    return false;
  }
};

/** Registry, name, and tag or digest; which of the two is the doctor's to say. */
const image = filled.check(
  z.regex(/^[a-z0-9][a-z0-9./:_@-]*$/, 'is not an image, such as name@sha256:…'),
);

const version = z.string().check(z.regex(/^\d{4}\.\d{1,2}\.\d{1,3}$/, 'is not like 2026.9.5'));

export const environment = z.object({
  APPWRITE_ENDPOINT: endpoint,
  APPWRITE_PROJECT_ID: filled,
  APPWRITE_API_KEY: secret,
  APPWRITE_CONSOLE_EMAIL: email,
  APPWRITE_CONSOLE_PASSWORD: secret,
  /** API as browsers reach it, where that is not APPWRITE_ENDPOINT. */
  APPWRITE_PUBLIC_ENDPOINT: z.optional(endpoint),
  SITE_URL: origin,
  OPERATOR_EMAIL: email,
  OPERATOR_PASSWORD: secret,
  RUNTIME_DOMAIN: hostAndPort,
  RUNTIME_SCHEME: z._default(z.enum(['http', 'https'], 'is http or https'), 'https'),
  RUNTIME_ADDRESS: z.optional(filled),
  PAYAPP_API_URL: z._default(webUrl, 'https://api.payapp.kr/oapi/apiLoad.html'),
  PAYAPP_USERID: filled,
  PAYAPP_LINKKEY: secret,
  PAYAPP_LINKVAL: secret,
  /** Recurring payments need a contract of their own with PayApp. */
  PAYAPP_RECURRING: z.optional(z.enum(['on', 'off'], 'is on or off')),
  FEEDBACK_BASE_URL: z.optional(origin),
  ORDER_TOKEN_KEY: secret.check(base64Bytes(32)),
  TICKET_SIGNING_KEY: secret.check(
    z.refine(isSigningKey, 'is not a private Ed25519 JWK with kid, on one line'),
  ),
  DOKPLOY_URL: webUrl,
  DOKPLOY_API_KEY: secret,
  OPENCLAW_IMAGE: image,
  AGENT_IMAGE: image,
  OPENCLAW_VERSION_FLOOR: z._default(version, '2026.9.5'),
  CODEX_AUTHORIZE_ORIGIN: z.optional(webUrl),
});
export type Environment = z.infer<typeof environment>;

export const environmentNames: readonly string[] = Object.keys(environment.shape);

export interface Problem {
  readonly name: string;
  readonly says: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Source = Readonly<Record<string, string | undefined>>;

/** An empty line counts as absent. */
const parseWith = <S extends z.ZodMiniType>(schema: S, source: Source): Parsed<z.infer<S>> => {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? '');
    // The first is the widest: what is no address at all is not also told its path.
    if (problems.has(name)) continue;
    problems.set(name, given[name] === undefined ? 'is missing' : issue.message);
  }
  return { ok: false, problems: [...problems].map(([name, says]) => ({ name, says })) };
};

export const parseEnvironment = (source: Source): Parsed<Environment> =>
  parseWith(environment, source);

const access = z.pick(environment, {
  APPWRITE_ENDPOINT: true,
  APPWRITE_PROJECT_ID: true,
  APPWRITE_API_KEY: true,
});
export const accessNames: readonly string[] = Object.keys(access.shape);

/** What the project's API needs, and no more. */
export type Access = Pick<Target, 'endpoint' | 'projectId' | 'key'>;

export const parseAccess = (source: Source): Parsed<Access> => {
  const parsed = parseWith(access, source);
  if (!parsed.ok) return parsed;
  const { APPWRITE_ENDPOINT: endpoint, APPWRITE_PROJECT_ID: projectId } = parsed.value;
  return { ok: true, value: { endpoint, projectId, key: parsed.value.APPWRITE_API_KEY } };
};

const asSecret = (value: Secret | string): Secret =>
  value instanceof Secret ? value : new Secret(value);

/** Values of the functions' variables; absent ones are left out. */
const variableValues = (
  env: Environment,
  feedbackBaseUrl: string,
): Readonly<Record<string, Secret>> => {
  const values: Readonly<Record<string, Secret | string | undefined>> = {
    ...env,
    SITE_URL: new URL(env.SITE_URL).origin,
    FEEDBACK_BASE_URL: feedbackBaseUrl,
  };
  const names = new Set(Object.values(variableNames).flat());
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      names.has(name) && value !== undefined ? [[name, asSecret(value)] as const] : [],
    ),
  );
};

export const secretsOf = (env: Environment): readonly Secret[] =>
  Object.values(env).filter((value) => value instanceof Secret);

export const installationOf = (env: Environment): Installation => ({
  target: {
    endpoint: env.APPWRITE_ENDPOINT,
    projectId: env.APPWRITE_PROJECT_ID,
    key: env.APPWRITE_API_KEY,
    consoleEmail: env.APPWRITE_CONSOLE_EMAIL,
    consolePassword: env.APPWRITE_CONSOLE_PASSWORD,
  },
  siteUrl: new URL(env.SITE_URL).origin,
  apiUrl: env.APPWRITE_PUBLIC_ENDPOINT ?? env.APPWRITE_ENDPOINT,
  runtimeDomain: env.RUNTIME_DOMAIN,
  runtimeScheme: env.RUNTIME_SCHEME,
  feedbackBaseUrl:
    env.FEEDBACK_BASE_URL === undefined ? null : new URL(env.FEEDBACK_BASE_URL).origin,
  variables: (feedbackBaseUrl) => pickVariables(variableValues(env, feedbackBaseUrl)),
  digestKey: env.ORDER_TOKEN_KEY,
  secrets: secretsOf(env),
});

/** Those of `.env` that may stay empty. */
export const optionalNames: readonly string[] = [
  ...optionalVariables,
  ...['APPWRITE_PUBLIC_ENDPOINT', 'FEEDBACK_BASE_URL', 'RUNTIME_SCHEME', 'PAYAPP_API_URL'],
  'OPENCLAW_VERSION_FLOOR',
];
