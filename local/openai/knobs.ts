/**
 * What a test may turn while the stand-in runs: one small bag of values, all off by default.
 * A knob changes how the stand-in answers, never what it has stored.
 */
import * as z from 'zod';
import { refusalReasons } from './refusals.ts';

/** Long enough that nothing has to be refreshed in a normal session, as with the real issuer. */
const DEFAULT_TOKEN_LIFE_SECONDS = 864_000;
const LATENCY_LIMIT_MS = 300_000;

const failure = z.union([z.literal(0), z.int().min(400).max(599)]);

export const knobs = z.strictObject({
  /** Status of model turns; 0 answers. 403 is an HTML page, as from a gatekeeper in front. */
  modelStatus: failure.default(0),
  /** Waited before the first byte of a model turn. */
  modelLatencyMs: z.int().min(0).max(LATENCY_LIMIT_MS).default(0),
  /** Model streams end without `response.completed`. */
  modelCutsOff: z.boolean().default(false),
  /** Status of `POST /oauth/token`; 0 answers. */
  tokenStatus: failure.default(0),
  /** Status of the request for a device code, and of the questions about it; 0 answers. */
  deviceStatus: failure.default(0),
  devicePollStatus: failure.default(0),
  /** What the body of `tokenStatus`, `deviceStatus` and `devicePollStatus` says; see `refusals.ts`. */
  refusalReason: z.enum(refusalReasons).default('server_error'),
  tokenLatencyMs: z.int().min(0).max(LATENCY_LIMIT_MS).default(0),
  /** Life of access tokens issued from now on. */
  tokenLifeSeconds: z.int().min(1).max(31_536_000).default(DEFAULT_TOKEN_LIFE_SECONDS),
  /** Error code that every refresh is refused with; empty lets it through. */
  refreshRefusedWith: z
    .enum(['', 'refresh_token_reused', 'refresh_token_invalidated', 'refresh_token_expired'])
    .default(''),
  /** Access tokens without `chatgpt_account_id`: an account that has no ChatGPT workspace. */
  withoutAccountId: z.boolean().default(false),
  /** Device codes are switched off for this account, as on many business workspaces. */
  deviceCodeOff: z.boolean().default(false),
  /** Seconds a device client is told to wait between two questions. */
  deviceIntervalSeconds: z.int().min(1).max(60).default(5),
});
export type Knobs = z.infer<typeof knobs>;

export const defaultKnobs = (): Knobs => knobs.parse({});

/** The knobs after a partial change, or the reason why it was refused. */
export function turnKnobs(
  current: Knobs,
  change: unknown,
): { readonly ok: true; readonly knobs: Knobs } | { readonly ok: false; readonly reason: string } {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return { ok: false, reason: 'A JSON object of knobs is expected.' };
  }
  const parsed = knobs.safeParse({ ...current, ...change });
  return parsed.success
    ? { ok: true, knobs: parsed.data }
    : { ok: false, reason: z.prettifyError(parsed.error) };
}
