/** Invites as an operator handles them. The token is told once, at creation, and stored hashed. */
import { inviteState, normaliseEmail } from '#core/invite/usable.ts';
import { inviteIdOf } from '#app/signup/invite-id.ts';
import type { Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  createInvite as createOperation,
  createInvites as createManyOperation,
  InviteView,
  listInvites as listOperation,
  revokeInvite as revokeOperation,
} from '#schemas/contract/operator.ts';
import type { OperatorDeps } from './deps.ts';

const dayMs = 24 * 60 * 60_000;
const lifeDays = 14;
const pageSize = 50;

export const createInvite = async (
  deps: OperatorDeps,
  actor: string,
  body: BodyOf<typeof createOperation>,
): Promise<Result<ValueOf<typeof createOperation>>> => {
  const token = deps.ids.newToken();
  const inviteId = inviteIdOf(deps.ids, token);
  const lifeMs = (body.expiresInDays ?? lifeDays) * dayMs;
  const expiresAt = new Date(deps.clock.now().getTime() + lifeMs).toISOString();
  await deps.store.create('invites', inviteId, {
    data: {
      email: body.email === undefined ? null : normaliseEmail(body.email),
      note: body.note ?? '',
      expiresAt,
      revokedAt: null,
      usedAt: null,
      usedBy: null,
      createdBy: actor,
    },
    readers: 'functions',
  });
  deps.log.info('invite.created', { inviteId, actor });
  return succeed({ inviteId, token, expiresAt });
};

/** The same address twice in one list is one invite. One after the other: the store is shared. */
export const createInvites = async (
  deps: OperatorDeps,
  actor: string,
  { emails, count = 0, ...shared }: BodyOf<typeof createManyOperation>,
): Promise<Result<ValueOf<typeof createManyOperation>>> => {
  const bound = emails === undefined ? [] : [...new Set(emails.map(normaliseEmail))];
  const wanted = emails === undefined ? Array.from({ length: count }, () => undefined) : bound;
  const invites = [];
  let expiresAt = deps.clock.now().toISOString();
  for (const email of wanted) {
    const made = await createInvite(deps, actor, {
      ...shared,
      ...(email === undefined ? {} : { email }),
    });
    if (!made.ok) return made;
    const { inviteId, token } = made.value;
    invites.push({ inviteId, email: email ?? null, token });
    expiresAt = made.value.expiresAt ?? expiresAt;
  }
  return succeed({ invites, expiresAt });
};

export const listInvites = async (
  deps: OperatorDeps,
  body: BodyOf<typeof listOperation>,
): Promise<Result<ValueOf<typeof listOperation>>> => {
  const rows = await deps.store.list('invites', {
    newestFirst: true,
    limit: pageSize,
    ...(body.cursor === undefined ? {} : { after: body.cursor }),
  });
  const now = deps.clock.now();
  const last = rows.length === pageSize ? rows.at(-1) : undefined;
  return succeed({
    invites: rows.map((row) => inviteView(row, now)),
    nextCursor: last?.id ?? null,
  });
};

const inviteView = (row: Stored<'invites'>, now: Date): InviteView => ({
  inviteId: row.id,
  email: row.email,
  note: row.note,
  state: inviteState(row, now),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  usedAt: row.usedAt,
});

export const revokeInvite = async (
  deps: OperatorDeps,
  actor: string,
  body: BodyOf<typeof revokeOperation>,
): Promise<Result<ValueOf<typeof revokeOperation>>> => {
  const { inviteId } = body;
  const invite = await deps.store.get('invites', inviteId);
  if (invite === null) return fail('not_found');
  if (invite.usedAt !== null) return fail('invite_used');
  if (invite.revokedAt !== null) return succeed({ inviteId });
  const target = { id: inviteId, version: invite.version };
  const revokedAt = deps.clock.now().toISOString();
  const outcome = await deps.store.update('invites', target, { revokedAt });
  if (outcome !== 'updated') return fail('stale_revision');
  deps.log.info('invite.revoked', { inviteId, actor });
  return succeed({ inviteId });
};
