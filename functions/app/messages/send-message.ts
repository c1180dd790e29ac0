/**
 * Sends one notice to everybody it concerns. Each try for each person has an id of its own, derived
 * from the notice, the person and the number of the try, and no two mails are made under one id: so
 * whoever comes after a crash, or at the same time, finds what was handed on and only looks how it
 * ended. A new number is used only once the last one is known to have failed.
 */
import { afterRound, stuckAfterMs } from '#core/messages/round.ts';
import type { AfterRound, RoundFailure } from '#core/messages/round.ts';
import { renderMail } from '#core/messages/render.ts';
import { withLease } from '#app/lease.ts';
import type { Lease } from '#app/lease.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { DeliveryState, Messages } from '#ports/messages.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Stored } from '#ports/store.ts';
import type { FaultPoint, Ids, Log } from '#ports/system.ts';
import { readJson } from '#schemas/record/json.ts';
import { deliveries as deliveriesSchema } from '#schemas/record/message.ts';
import type { Delivery } from '#schemas/record/message.ts';
import { recipientsOf } from './recipients.ts';
import type { Recipient, RecipientDeps } from './recipients.ts';

export interface SendDeps extends RecipientDeps {
  readonly messages: Messages;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
  /** Where notices lead to. */
  readonly siteUrl: string;
}

type Message = Stored<'messages'>;

/** How far apart the clocks of two executions may be. */
const clockSkewMs = 2_000;
/** A mail is usually on its way within this; what takes longer is looked at by the next sweep. */
const firstLookMs = 1_000;

/** Safe to call for any id at any time; one that is not due is left alone. */
export const sendMessage = async (deps: SendDeps, messageId: string): Promise<void> => {
  if ((await dueMessage(deps, messageId)) === null) return;
  await withLease(deps, messageId, async (lease) => {
    const message = await dueMessage(deps, messageId);
    if (message === null) return;
    const found = await recipientsOf(deps, message);
    if (found.kind === 'nobody') {
      const changes = { state: 'dropped', nextAttemptAt: null, failureCode: found.reason } as const;
      await deps.store.update('messages', { id: message.id, version: message.version }, changes);
      deps.log.info('message.dropped', { messageId, kind: message.kind, code: found.reason });
      return;
    }
    await sendRound({ deps, message, lease }, found.recipients);
  });
};

const dueMessage = async (deps: SendDeps, messageId: string): Promise<Message | null> => {
  const message = await deps.store.get('messages', messageId);
  if (message?.state !== 'pending' || message.nextAttemptAt === null) return null;
  const isDue = Date.parse(message.nextAttemptAt) <= deps.clock.now().getTime() + clockSkewMs;
  return isDue ? message : null;
};

interface Run {
  readonly deps: SendDeps;
  readonly message: Message;
  readonly lease: Lease;
}

interface Tried {
  readonly delivery: Delivery;
  readonly failure: RoundFailure | null;
}

const sendRound = async (run: Run, recipients: readonly Recipient[]): Promise<void> => {
  const known = readJson(deliveriesSchema, run.message.deliveries, []);
  const tried: Tried[] = [];
  for (const recipient of recipients) {
    const last = known.find(({ userId }) => userId === recipient.userId);
    const one = last?.state === 'sent' ? { delivery: last, failure: null } : null;
    tried.push(one ?? (await deliver(run, recipient, nextOf(recipient.userId, last))));
  }
  const failures = tried.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const deliveries = tried.map(({ delivery }) => delivery);
  // Who was told and has left since still was told.
  const gone = known.filter(
    ({ userId, state }) =>
      state === 'sent' && !recipients.some((recipient) => recipient.userId === userId),
  );
  await settle(run, [...deliveries, ...gone], failures.find(isWorse) ?? failures[0] ?? null);
};

/** One no for good weighs less than what may still go out by itself. */
const isWorse = (failure: RoundFailure): boolean => failure !== 'rejected';

const nextOf = (userId: string, last: Delivery | undefined): Delivery => {
  if (last === undefined) return { userId, attempt: 1, state: 'trying' };
  return {
    userId,
    attempt: last.state === 'failed' ? last.attempt + 1 : last.attempt,
    state: 'trying',
  };
};

const deliver = async (run: Run, recipient: Recipient, delivery: Delivery): Promise<Tried> => {
  const { deps, message, lease } = run;
  const reader = { locale: recipient.locale, now: deps.clock.now(), siteUrl: deps.siteUrl };
  const mail = renderMail(message.kind, message.values, reader);
  if (mail === null) return { delivery: { ...delivery, state: 'failed' }, failure: 'values' };
  const { userId, attempt } = delivery;
  const messageId = deps.ids.idFrom('delivery', message.id, userId, String(attempt));
  try {
    if (!(await lease.keep())) return { delivery, failure: null };
    const handed = await deps.messages.send({ messageId, userId, ...mail });
    if (handed === 'refused') {
      return { delivery: { ...delivery, state: 'failed' }, failure: 'refused' };
    }
    await deps.faults.reach('message.handed_on');
    return await judge(run, messageId, delivery);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    // Handed on or not: the next round asks again under the same id.
    return { delivery, failure: 'unreachable' };
  }
};

const judge = async (run: Run, messageId: string, delivery: Delivery): Promise<Tried> => {
  const { deps } = run;
  const seen = await lookTwice(deps, messageId);
  switch (seen.kind) {
    case 'sent':
      return { delivery: { ...delivery, state: 'sent' }, failure: null };
    case 'absent':
      return { delivery, failure: 'unreachable' };
    case 'processing':
      // Perhaps it went: it is not sent anew, only looked at less and less often.
      return { delivery, failure: isStuck(deps, seen.sinceMs) ? 'stuck' : null };
    case 'failed':
      // Before it is written down: a crash in between costs one more try and leaves no address.
      await deps.messages.forget(messageId);
      return { delivery: { ...delivery, state: 'failed' }, failure: seen.code };
  }
};

const isStuck = ({ clock }: SendDeps, sinceMs: number): boolean =>
  clock.now().getTime() - sinceMs > stuckAfterMs;

const lookTwice = async (deps: SendDeps, messageId: string): Promise<DeliveryState> => {
  const seen = await deps.messages.look(messageId);
  if (seen.kind !== 'processing') return seen;
  await deps.clock.sleep(firstLookMs);
  return deps.messages.look(messageId);
};

const settle = async (
  run: Run,
  deliveries: readonly Delivery[],
  failed: RoundFailure | null,
): Promise<void> => {
  const { deps, message } = run;
  const failure = deliveries.length === 0 ? 'no_recipients' : failed;
  const { raises, ...after } = afterRound(message, { deliveries, failure, now: deps.clock.now() });
  // The task comes first: a count that was written without it would never raise it.
  if (raises) await tellOperator(deps, message, after);
  const target = { id: message.id, version: message.version };
  const changes = { ...after, deliveries: JSON.stringify(deliveries) };
  await deps.faults.reach('message.judged');
  await deps.store.update('messages', target, changes);
  const { kind, id: messageId } = message;
  const { state, attempts, failureCode: code } = after;
  if (code === null) deps.log.info(`message.${state}`, { messageId, kind });
  else deps.log.warn('message.undelivered', { messageId, kind, state, attempts, code });
};

const tellOperator = async (
  deps: SendDeps,
  { id, kind, subjectId, workspaceId }: Message,
  { attempts, failureCode: code }: Omit<AfterRound, 'raises'>,
): Promise<void> => {
  await raiseTask(deps, {
    kind: 'message_undelivered',
    subjectId,
    mulNo: '',
    about: id,
    detail: { messageKind: kind, workspaceId, attempts, code },
  });
};
