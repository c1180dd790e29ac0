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
  if (provider === undefined) return { status: 'none', loginExpiresAtMs: null };
  if (provider.status === 'missing') {
    // A login whose refresh was refused for good is taken out of use, and is still there.
    const isSaved = (provider.profiles ?? []).some(isLogin);
    return { status: isSaved ? 'expired' : 'none', loginExpiresAtMs: null };
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
    .filter(isLogin);
  return [...new Set(profiles.map((profile) => profile.profileId))].sort();
}

/** Not an API key, which belongs to nobody's ChatGPT account. */
function isLogin({ type }: { readonly type: string }): boolean {
  return type === 'oauth' || type === 'token';
}
