/**
 * Settings of the functions, from the environment. What is missing or unusable is named, never
 * shown; the function then refuses to work. Read per call: a warm container sees new values.
 */
import * as z from 'zod/mini';
import { Misconfigured } from '#ports/system.ts';

export const trimmed = z.string().check(z.trim(), z.minLength(1));
export const webUrl = z.url({ protocol: /^https?$/ });

export /** Parses the environment; `Misconfigured` names what does not fit. */
const read = <S extends z.ZodMiniObject>(schema: S): z.infer<S> => {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  throw new Misconfigured(names.join(', '));
};

const appwriteVariables = z.object({
  /** Set by Appwrite itself: `https://host/v1`. */
  APPWRITE_FUNCTION_API_ENDPOINT: webUrl,
  APPWRITE_FUNCTION_PROJECT_ID: trimmed,
});

export const appwriteEnv = (): { readonly endpoint: string; readonly projectId: string } => {
  const env = read(appwriteVariables);
  return {
    endpoint: env.APPWRITE_FUNCTION_API_ENDPOINT,
    projectId: env.APPWRITE_FUNCTION_PROJECT_ID,
  };
};

const runtimeVariables = z.object({
  /** Domain below which runtimes live, such as `run.example.com` or `localhost:8443`. */
  RUNTIME_DOMAIN: trimmed,
});

export const runtimeEnv = (): { readonly runtimeDomain: string } => ({
  runtimeDomain: read(runtimeVariables).RUNTIME_DOMAIN,
});

/** 32 bytes or more, base64. */
const hmacKey = trimmed.check(
  z.refine((text) => Buffer.from(text, 'base64').length >= 32, 'at least 32 bytes, base64'),
);

const payAppVariables = z.object({
  /** Seller's login id. */
  PAYAPP_USERID: trimmed,
  /** 연동 KEY and 연동 VALUE of the seller's settings. */
  PAYAPP_LINKKEY: trimmed,
  PAYAPP_LINKVAL: trimmed,
  /** Key that feedback tokens are derived with. Changing it orphans open orders' feedback. */
  ORDER_TOKEN_KEY: hmacKey,
});

export interface PayAppKeys {
  readonly userId: string;
  readonly linkKey: string;
  readonly linkVal: string;
  readonly tokenKey: Uint8Array;
}

/** What the feedback function needs. */
export const payAppKeysEnv = (): PayAppKeys => {
  const env = read(payAppVariables);
  return {
    userId: env.PAYAPP_USERID,
    linkKey: env.PAYAPP_LINKKEY,
    linkVal: env.PAYAPP_LINKVAL,
    tokenKey: Buffer.from(env.ORDER_TOKEN_KEY, 'base64'),
  };
};

const siteVariables = z.object({
  /** The site's address; notices lead to pages below it. */
  SITE_URL: webUrl,
});

/** Where runtimes are, and the site. */
export const placesEnv = (): { readonly runtimeDomain: string; readonly siteUrl: string } => ({
  ...runtimeEnv(),
  siteUrl: read(siteVariables).SITE_URL,
});

const paymentVariables = z.object({
  /** PayApp's API, with or without `/oapi/apiLoad.html`. */
  PAYAPP_API_URL: webUrl,
  PAYAPP_USERID: trimmed,
  PAYAPP_LINKKEY: trimmed,
  ORDER_TOKEN_KEY: hmacKey,
  /** Public address of the payapp function's domain, no redirect in front of it. */
  FEEDBACK_BASE_URL: webUrl,
  /** Where the payer's browser returns to; `?order=<id>` is added. */
  SITE_URL: webUrl,
});

export interface PaymentSettings {
  readonly apiUrl: string;
  readonly userId: string;
  readonly linkKey: string;
  readonly tokenKey: Uint8Array;
  readonly feedbackBaseUrl: string;
  readonly siteUrl: string;
}

/** What asking for money, and killing a pay link, needs. */
export const paymentEnv = (): PaymentSettings => {
  const env = read(paymentVariables);
  return {
    apiUrl: env.PAYAPP_API_URL,
    userId: env.PAYAPP_USERID,
    linkKey: env.PAYAPP_LINKKEY,
    tokenKey: Buffer.from(env.ORDER_TOKEN_KEY, 'base64'),
    feedbackBaseUrl: env.FEEDBACK_BASE_URL,
    siteUrl: env.SITE_URL,
  };
};

const recurringVariables = z.object({
  /** `on` once PayApp has agreed to recurring payments: they need a contract of their own. */
  PAYAPP_RECURRING: z._default(z.enum(['on', 'off']), 'off'),
});

export const recurringEnv = (): { readonly recurring: boolean } => ({
  recurring: read(recurringVariables).PAYAPP_RECURRING === 'on',
});
