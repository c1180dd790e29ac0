/** Ending accounts with a key that may: `users.write`, `sessions.write`, `teams.write`. */
import * as z from 'zod/mini';
import type { Departures, Membership } from '#ports/departures.ts';
import { membersAtMost } from '#ports/departures.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { membershipsIn, roleIn } from './memberships.ts';
import type { Answer, Request, Transport } from './transport.ts';
import { at, unexpected } from './transport.ts';

const pageSize = 100;

const toMemberships = (body: unknown): readonly Membership[] =>
  membershipsIn(body).map((each) => ({
    teamId: each.teamId,
    membershipId: each.$id,
    userId: each.userId,
    role: roleIn(each),
    confirmed: each.confirm,
  }));

const limit = JSON.stringify({ method: 'limit', values: [pageSize] });
const after = (id: string): string => JSON.stringify({ method: 'cursorAfter', values: [id] });

const sessionBody = z.object({ $id: z.string(), userId: z.string() });

export const appwriteDepartures = (transport: Transport): Departures => {
  /** `gone`: types that say that there is nothing left to do. */
  const done = async (what: string, request: Request, gone: readonly string[]): Promise<Answer> => {
    const answer = await transport(request);
    if (!answer.ok && !gone.includes(answer.type)) throw unexpected(what, answer);
    return answer;
  };
  const setStatus = (userId: string, status: boolean): Promise<Answer> => {
    const path = at('users', userId, 'status');
    return done('set status', { method: 'PATCH', path, body: { status } }, ['user_not_found']);
  };
  const closeSession = (userId: string, sessionId: string): Promise<Answer> => {
    const path = at('users', userId, 'sessions', sessionId);
    const gone = ['user_session_not_found', 'user_not_found'];
    return done('close session', { method: 'DELETE', path }, gone);
  };
  return {
    passwordFits: (account) => signInAndOut(transport, account, closeSession),
    shut: async (userId) => {
      const blocked = await setStatus(userId, false);
      const path = at('users', userId, 'sessions');
      await done('close sessions', { method: 'DELETE', path }, ['user_not_found']);
      return blocked.ok ? 'shut' : 'missing';
    },
    reopen: async (userId) => {
      await setStatus(userId, true);
    },
    remove: async (userId) => {
      const request = { method: 'DELETE', path: at('users', userId) } as const;
      await done('delete user', request, ['user_not_found']);
    },
    membershipsOf: async (userId) => {
      const path = at('users', userId, 'memberships');
      const request = { method: 'GET', path, queries: [limit] } as const;
      const answer = await done('list memberships', request, ['user_not_found']);
      return answer.ok ? toMemberships(answer.body) : [];
    },
    membersOf: membersOf(transport),
    leave: async ({ teamId, membershipId }) => {
      const path = at('teams', teamId, 'memberships', membershipId);
      const gone = ['membership_not_found', 'team_not_found'];
      await done('leave team', { method: 'DELETE', path }, gone);
    },
    removeTeam: async (teamId) => {
      const request = { method: 'DELETE', path: at('teams', teamId) } as const;
      await done('delete team', request, ['team_not_found']);
    },
  };
};

/** Appwrite has no other way to ask: the session it opens is closed again, its secret never read. */
const signInAndOut = async (
  transport: Transport,
  { userId, email, password }: Parameters<Departures['passwordFits']>[0],
  close: (userId: string, sessionId: string) => Promise<unknown>,
): Promise<boolean> => {
  const path = '/account/sessions/email';
  const answer = await transport({ method: 'POST', path, body: { email, password } });
  if (!answer.ok) {
    // What Appwrite does not even take for a password is none.
    const wrong = ['user_invalid_credentials', 'general_argument_invalid', 'user_blocked'];
    if (wrong.includes(answer.type)) return false;
    throw unexpected('prove password', answer);
  }
  const session = sessionBody.safeParse(answer.body);
  if (!session.success) throw new StoreUnavailable('session: unexpected shape');
  await close(session.data.userId, session.data.$id);
  return session.data.userId === userId;
};

const membersOf =
  (transport: Transport): Departures['membersOf'] =>
  async (teamId) => {
    const members: Membership[] = [];
    while (members.length < membersAtMost) {
      const last = members.at(-1)?.membershipId;
      const answer = await transport({
        method: 'GET',
        path: at('teams', teamId, 'memberships'),
        queries: last === undefined ? [limit] : [limit, after(last)],
      });
      if (!answer.ok) {
        if (answer.type === 'team_not_found') return [];
        throw unexpected('list memberships', answer);
      }
      const page = toMemberships(answer.body);
      members.push(...page);
      if (page.length < pageSize) return members;
    }
    throw new StoreUnavailable('memberships: too many');
  };
