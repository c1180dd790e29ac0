/**
 * The two people who can sign in here. Both are invented; their addresses and ids carry a marker
 * (`codex-canary`) so that a scan can prove where a customer's login must not appear.
 */
export interface Account {
  readonly key: string;
  readonly label: string;
  readonly email: string;
  readonly userId: string;
  readonly accountId: string;
  readonly plan: string;
}

export const CANARY = 'codex-canary';

export const ACCOUNTS: readonly Account[] = [
  {
    key: 'demo',
    label: 'Demo Customer',
    email: `${CANARY}-demo@example.test`,
    userId: `user-${CANARY}-demo`,
    accountId: '6f0f1f52-0000-4000-8000-00000000c0de',
    plan: 'plus',
  },
  {
    key: 'team',
    label: 'Demo Team',
    email: `${CANARY}-team@example.test`,
    userId: `user-${CANARY}-team`,
    accountId: '6f0f1f52-0000-4000-8000-0000000007ea',
    plan: 'business',
  },
];

export function findAccount(key: string): Account | undefined {
  return ACCOUNTS.find((account) => account.key === key);
}
