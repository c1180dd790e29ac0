/**
 * Where the API is. The build knows no address: `/config.json` is written beside it when it is
 * deployed, and a page that cannot read it says so instead of guessing.
 */
import * as z from 'zod/mini';

const usual = z.object({ p50Ms: z.number(), p95Ms: z.number() });

export const configSchema = z.object({
  /** Appwrite endpoint with its version, such as `https://api.example.com/v1`. */
  endpoint: z.url({ protocol: /^https?$/ }),
  projectId: z.string().check(z.minLength(1), z.maxLength(36)),
  /** Suffix under which runtimes get their host; shown while a subdomain is typed. */
  runtimeDomain: z.optional(z.string().check(z.maxLength(253))),
  /** Measured durations of this installation; defaults stand in `flow/waits.ts`. */
  usual: z.optional(
    z.object({
      provisioning: z.optional(usual),
      verify: z.optional(usual),
      smoke: z.optional(usual),
    }),
  ),
});
export type SiteConfig = z.infer<typeof configSchema>;

export type ConfigProblem = 'missing' | 'invalid';
export type ConfigResult =
  | { readonly ok: true; readonly config: SiteConfig }
  | { readonly ok: false; readonly problem: ConfigProblem };

const timeoutMs = 10_000;
const maxCharacters = 16_384;

export const parseConfig = (text: string): ConfigResult => {
  try {
    const parsed = configSchema.safeParse(JSON.parse(text));
    return parsed.success ? { ok: true, config: parsed.data } : { ok: false, problem: 'invalid' };
  } catch {
    return { ok: false, problem: 'invalid' };
  }
};

/** A static host answers unknown paths with the fallback page, so the type is looked at as well. */
export const loadConfig = async (address: string): Promise<ConfigResult> => {
  try {
    const response = await fetch(address, {
      cache: 'no-cache',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const isHtml = response.headers.get('content-type')?.includes('text/html') ?? false;
    if (!response.ok || isHtml) return { ok: false, problem: 'missing' };
    const text = await response.text();
    return text.length > maxCharacters ? { ok: false, problem: 'invalid' } : parseConfig(text);
  } catch {
    return { ok: false, problem: 'missing' };
  }
};
