/** Settings that reach machines: Dokploy, the tenants' agents, and the stack that is rendered. */
import type { JWK } from 'jose';
import * as z from 'zod/mini';
import { read, trimmed, webUrl } from './env.ts';

/** Private Ed25519 key as a JWK with `kid`. */
const signingJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().check(z.minLength(1)),
});

const jsonOf = <S extends z.ZodMiniType>(schema: S) =>
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', message: 'not JSON', input: '' });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );

const agentVariables = z.object({
  TICKET_SIGNING_KEY: jsonOf(signingJwk),
  RUNTIME_SCHEME: z._default(z.enum(['http', 'https']), 'https'),
  /** Connect here instead of asking DNS: split-horizon networks, one machine. */
  RUNTIME_ADDRESS: z.optional(z.string()),
});

export interface AgentEnv {
  readonly signingKey: { readonly jwk: JWK };
  readonly scheme: 'http' | 'https';
  readonly address: string | undefined;
}

export const agentEnv = (): AgentEnv => {
  const env = read(agentVariables);
  const address = env.RUNTIME_ADDRESS?.trim();
  return {
    signingKey: { jwk: env.TICKET_SIGNING_KEY },
    scheme: env.RUNTIME_SCHEME,
    address: address === '' ? undefined : address,
  };
};

const deployerVariables = z.object({ DOKPLOY_URL: webUrl, DOKPLOY_API_KEY: trimmed });

export const deployerEnv = (): { readonly url: string; readonly apiKey: string } => {
  const env = read(deployerVariables);
  return { url: env.DOKPLOY_URL.replace(/\/+$/, ''), apiKey: env.DOKPLOY_API_KEY };
};

const stackVariables = z.object({
  SITE_URL: webUrl,
  /** Image of OpenClaw, by digest in production. */
  OPENCLAW_IMAGE: trimmed,
  AGENT_IMAGE: trimmed,
  OPENCLAW_VERSION_FLOOR: z.string().check(z.regex(/^\d{4}\.\d{1,2}\.\d{1,3}$/)),
  /** Only where a stand-in takes the place of auth.openai.com. */
  CODEX_AUTHORIZE_ORIGIN: z.optional(z.string()),
});

const versionVariables = z.pick(stackVariables, {
  OPENCLAW_IMAGE: true,
  OPENCLAW_VERSION_FLOOR: true,
});

/** What runtimes run where nobody decided otherwise, and the floor that no setting goes below. */
export const versionEnv = (): { readonly image: string; readonly floor: string } => {
  const env = read(versionVariables);
  return { image: env.OPENCLAW_IMAGE, floor: env.OPENCLAW_VERSION_FLOOR };
};

export interface StackEnv {
  readonly siteOrigin: string;
  readonly openclawImage: string;
  readonly agentImage: string;
  readonly versionFloor: string;
  readonly codexAuthorizeOrigin?: string;
}

export const stackEnv = (): StackEnv => {
  const env = read(stackVariables);
  const authorizeOrigin = env.CODEX_AUTHORIZE_ORIGIN?.trim() ?? '';
  return {
    siteOrigin: new URL(env.SITE_URL).origin,
    openclawImage: env.OPENCLAW_IMAGE,
    agentImage: env.AGENT_IMAGE,
    versionFloor: env.OPENCLAW_VERSION_FLOOR,
    ...(authorizeOrigin === '' ? {} : { codexAuthorizeOrigin: authorizeOrigin }),
  };
};
