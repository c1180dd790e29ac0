/**
 * Puts a word that says nothing where the person's e-mail and name stand. Orders, payments, refunds
 * and the history never held either: they speak of the user's id, and from here on that id is
 * nobody's. What is written is found again by the account's own e-mail, so this runs before the
 * account is deleted.
 */
import { wordFor } from '#core/account/deletion.ts';
import { normaliseEmail } from '#core/invite/usable.ts';
import { pagesOf } from '#app/pages.ts';
import type { Stored } from '#ports/store.ts';
import type { AccountDeps } from './deps.ts';
import { rewrite } from './rewrite.ts';

export const wordOf = (deps: Pick<AccountDeps, 'ids'>, userId: string): string =>
  wordFor(deps.ids.idFrom('person', userId));

export const forgetPerson = async (deps: AccountDeps, userId: string): Promise<void> => {
  const { store } = deps;
  const word = wordOf(deps, userId);
  const account = await deps.accounts.get(userId);
  const member = await store.get('members', userId);
  const addresses = new Set([account?.email, member?.email].map((each) => each ?? word));
  addresses.delete(word);
  const invites = [
    ...(await pagesOf(store, 'invites', { usedBy: userId })),
    ...(await boundTo(deps, addresses)),
    ...(member === null ? [] : [{ id: member.inviteId }]),
  ];
  for (const { id } of invites) {
    const now = deps.clock.now().toISOString();
    await rewrite(store, { table: 'invites', id }, (invite) => emptied(invite, word, now));
  }
  for (const { id } of await pagesOf(store, 'renewal_texts', { userId })) {
    await store.delete('renewal_texts', id);
  }
  await forgetTeams(deps, { userId, word, addresses });
  await rewrite(store, { table: 'members', id: userId }, ({ email, name }) =>
    email === word && name === word ? {} : { email: word, name: word },
  );
};

/** From the pictures of teams, and from invitations into workspaces. */
const forgetTeams = async (
  { store, clock }: AccountDeps,
  person: {
    readonly userId: string;
    readonly word: string;
    readonly addresses: ReadonlySet<string>;
  },
): Promise<void> => {
  const { userId, word, addresses } = person;
  for (const { id } of await pagesOf(store, 'team_members', { userId })) {
    await store.delete('team_members', id);
  }
  const wanted = [...addresses].map((email) => ({ email: normaliseEmail(email) }));
  for (const where of [{ usedBy: userId }, ...wanted]) {
    for (const { id } of await pagesOf(store, 'invitations', where)) {
      const revokedAt = clock.now().toISOString();
      await rewrite(store, { table: 'invitations', id }, (row) => ({
        ...(row.email === word ? {} : { email: word }),
        // Nobody is left who could be put into the team.
        ...(row.dueAt === null ? {} : { dueAt: null }),
        ...(row.usedAt === null && row.revokedAt === null ? { revokedAt } : {}),
      }));
    }
  }
};

const boundTo = async (
  deps: AccountDeps,
  addresses: ReadonlySet<string>,
): Promise<readonly Stored<'invites'>[]> => {
  const found: Stored<'invites'>[] = [];
  for (const address of new Set([...addresses].flatMap((each) => [each, normaliseEmail(each)]))) {
    found.push(...(await pagesOf(deps.store, 'invites', { email: address })));
  }
  return found;
};

/** One that is still open is revoked: bound to nobody, it would open for anybody. */
const emptied = (
  invite: Stored<'invites'>,
  word: string,
  now: string,
): Partial<Stored<'invites'>> => ({
  ...(invite.email === null || invite.email === word ? {} : { email: word }),
  ...(invite.note === '' ? {} : { note: '' }),
  ...(invite.usedAt === null && invite.revokedAt === null ? { revokedAt: now } : {}),
});
