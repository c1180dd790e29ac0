/**
 * The pay link of a renewal by text message: only to a number that its owner gave for it, only while
 * they may pay for that runtime. Told in the history, without the number, before it is written.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { runtimeToCharge } from '#app/autopay/show.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import { pagesOf } from '#app/pages.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import type { Account } from '#ports/accounts.ts';
import type { Store, Stored } from '#ports/store.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { chooseRenewalTexts, showRenewalTexts } from '#schemas/contract/renewal-texts.ts';

/** Each adds an entry to the history. */
const choicesPerHour = 10;
const shownDigits = 4;

type Answer = Promise<Result<ValueOf<typeof showRenewalTexts>>>;

export const showTexts = async (
  deps: CheckoutDeps,
  caller: Account,
  { runtimeId }: BodyOf<typeof showRenewalTexts>,
): Answer => {
  const found = await runtimeToCharge(deps, caller, runtimeId);
  return found.ok ? shown(deps.store, runtimeId, caller) : found;
};

export const chooseTexts = async (
  deps: CheckoutDeps,
  caller: Account,
  { runtimeId, phone: typed }: BodyOf<typeof chooseRenewalTexts>,
): Answer => {
  const found = await runtimeToCharge(deps, caller, runtimeId);
  if (!found.ok) return found;
  const row = found.value;
  const phone = typed === null ? null : normalisePhone(typed);
  if (typed !== null && phone === null) return fail('phone_invalid', { field: 'phone' });
  if (phone !== null && row.desired === 'deleted') return fail('runtime_not_renewable');
  const present = await deps.store.get('renewal_texts', runtimeId);
  const isSame = present?.phone === phone && present.userId === caller.userId;
  if (isSame || (present === null && phone === null)) return shown(deps.store, runtimeId, caller);
  const turn = { what: 'texts', whom: runtimeId, perHour: choicesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  await appendEvidence(deps, row, {
    kind: phone === null ? 'texts_ended' : 'texts_agreed',
    ...{ detail: {}, actor: caller.userId, at: deps.clock.now() },
  });
  if (phone === null) await forgetTexts(deps.store, runtimeId);
  else await keep(deps, row, { phone, userId: caller.userId });
  deps.log.info('renewal.texts_chosen', { runtimeId, texts: phone !== null });
  return shown(deps.store, runtimeId, caller);
};

export const forgetTexts = async (store: Store, runtimeId: string): Promise<void> => {
  await store.delete('renewal_texts', runtimeId);
};

/** A team was changed: whoever left it, or may not pay in it any more, is not to be texted. */
export const forgetTextsOfOthers = async (
  { store, teams }: Pick<CheckoutDeps, 'store' | 'teams'>,
  workspaceId: string,
): Promise<void> => {
  const wishes = await pagesOf(store, 'renewal_texts', { workspaceId });
  if (wishes.length === 0) return;
  const team = await teams.membersOf(workspaceId);
  const payers = new Set(team.filter(({ role }) => mayDo(role, 'pay')).map((each) => each.userId));
  for (const { id, userId } of wishes) if (!payers.has(userId)) await forgetTexts(store, id);
};

/** Where the link is to be texted now; null: nowhere. Who may not pay just now is not texted. */
export const phoneForTexts = async (
  { store, teams }: Pick<CheckoutDeps, 'store' | 'teams'>,
  { id, workspaceId }: Pick<Stored<'runtimes'>, 'id' | 'workspaceId'>,
): Promise<string | null> => {
  const wish = await store.get('renewal_texts', id);
  if (wish === null) return null;
  const role = await teams.roleOf(workspaceId, wish.userId);
  if (role !== null && mayDo(role, 'pay')) return wish.phone;
  await forgetTexts(store, id);
  return null;
};

const keep = async (
  { store, clock }: CheckoutDeps,
  { id, workspaceId }: Stored<'runtimes'>,
  wish: { readonly phone: string; readonly userId: string },
): Promise<void> => {
  const data = { workspaceId, ...wish, agreedAt: clock.now().toISOString() };
  // Two who choose at once: one of both numbers stays, whole.
  if ((await store.create('renewal_texts', id, { data, readers: 'functions' })) === 'created')
    return;
  const present = await store.get('renewal_texts', id);
  if (present === null) return;
  await store.update('renewal_texts', { id, version: present.version }, data);
};

const shown = async (store: Store, runtimeId: string, caller: Account): Answer => {
  const wish = await store.get('renewal_texts', runtimeId);
  if (wish === null) return succeed({ present: null });
  const { phone, agreedAt, userId } = wish;
  const lastDigits = phone.slice(-shownDigits);
  return succeed({ present: { lastDigits, agreedAt, isYours: userId === caller.userId } });
};
