/** The account's own sessions and password, as Appwrite keeps them. */
import { AppwriteException } from 'appwrite';
import type { Account } from 'appwrite';
import * as z from 'zod/mini';
import { errorInfo } from '#schemas/contract/errors.ts';
import { siteFailure } from './failure.ts';
import type { Failure, Outcome } from './failure.ts';

/** Words as Appwrite gives them; empty where it knows none. */
export interface AccountSession {
  readonly id: string;
  readonly current: boolean;
  readonly browser: string;
  readonly system: string;
  readonly place: string;
  readonly ip: string;
  readonly openedAt: string;
  /** When it was last renewed: a session's use is not noted closer than that. */
  readonly activeAt: string;
}

const text = z._default(z.string(), '');
const sessionPage = z.object({
  sessions: z.array(
    z.object({
      $id: z.string(),
      $createdAt: z.string(),
      $updatedAt: text,
      current: z.boolean(),
      clientName: text,
      osName: text,
      osVersion: text,
      countryCode: text,
      countryName: text,
      ip: text,
    }),
  ),
});

/** `--`: the server could not tell. */
const unknownCountry = '--';

export const readSessions = async (
  account: Account,
  plain: (value: unknown) => unknown,
): Promise<readonly AccountSession[]> => {
  const { sessions } = sessionPage.parse(plain(await account.listSessions()));
  return sessions
    .map((session) => ({
      id: session.$id,
      current: session.current,
      browser: session.clientName,
      system: [session.osName, session.osVersion].filter((word) => word !== '').join(' '),
      place: session.countryCode === unknownCountry ? '' : session.countryName,
      ip: session.ip,
      openedAt: session.$createdAt,
      activeAt: session.$updatedAt === '' ? session.$createdAt : session.$updatedAt,
    }))
    .toSorted(
      (a, b) => Number(b.current) - Number(a.current) || b.openedAt.localeCompare(a.openedAt),
    );
};

type Attempt = <T>(work: () => Promise<T>) => Promise<Outcome<T>>;

const isType = (error: unknown, type: string): boolean =>
  error instanceof AppwriteException && error.type === type;

export const endSession = (
  account: Account,
  sessionId: string,
  attempt: Attempt,
): Promise<Outcome<null>> =>
  attempt(async () => {
    await account.deleteSession({ sessionId }).catch((error: unknown) => {
      if (!isType(error, 'user_session_not_found')) throw error;
    });
    return null;
  });

const refused = (
  code: 'password_wrong' | 'password_weak',
  field: string,
): { readonly ok: false; readonly error: Failure } => ({
  ok: false,
  error: { code, retryable: errorInfo[code].retryable, field },
});

/** The project's rules for passwords, by the field they concern. */
const passwordRefusal = (error: unknown): ReturnType<typeof siteFailure> | null => {
  if (isType(error, 'user_invalid_credentials')) return refused('password_wrong', 'old');
  if (isType(error, 'password_recently_used')) {
    return siteFailure('password_recently_used', { field: 'password' });
  }
  const weak = ['password_personal_data', 'general_argument_invalid'];
  return weak.some((type) => isType(error, type)) ? refused('password_weak', 'password') : null;
};

export const shortestPassword = 8;

export const changePassword = async (
  account: Account,
  { old, password }: { readonly old: string; readonly password: string },
  attempt: Attempt,
): Promise<Outcome<null>> => {
  if (password.length < shortestPassword) {
    return siteFailure('password_short', { field: 'password' });
  }
  const outcome = await attempt<Outcome<null> | null>(async () => {
    try {
      await account.updatePassword({ password, oldPassword: old });
      return null;
    } catch (error) {
      const known = passwordRefusal(error);
      if (known === null) throw error;
      return known;
    }
  });
  if (!outcome.ok) return outcome;
  return outcome.value ?? { ok: true, value: null };
};
