/** Reads the login's condition out of `models.authStatus`. Pure. */
import type { CodexStatus } from '#schemas/contract/agent.ts';
import type { AuthStatus } from '#schemas/wire/openclaw.ts';

export interface CodexFact {
  readonly status: Exclude<CodexStatus, 'linking'>;
  readonly loginExpiresAtMs: number | null;
}

const codexProviders: ReadonlySet<string> = new Set(['openai', 'openai-codex']);
const known: ReadonlySet<string> = new Set(['ok', 'expiring', 'expired']);

export function codexFactOf({ providers }: AuthStatus): CodexFact {
  const provider = providers.find((entry) => codexProviders.has(entry.provider));
  if (provider === undefined || provider.status === 'missing') {
    return { status: 'none', loginExpiresAtMs: null };
  }
  return {
    status: known.has(provider.status) ? (provider.status as CodexFact['status']) : 'unknown',
    loginExpiresAtMs: provider.expiry?.at ?? null,
  };
}

/** Whose logins these are, in a stable order. They hold e-mail addresses: to be hashed, only. */
export function codexProfileIds({ providers }: AuthStatus): readonly string[] {
  const profiles = providers
    .filter((entry) => codexProviders.has(entry.provider))
    .flatMap((entry) => entry.profiles ?? [])
    .filter((profile) => profile.type === 'oauth' || profile.type === 'token');
  return [...new Set(profiles.map((profile) => profile.profileId))].sort();
}
