/** The outbox's part of the minute sweep: what is due, oldest first, up to a bound and a time. */
import type { SendDeps } from './send-message.ts';
import { sendMessage } from './send-message.ts';

/** Worked off in one execution; the rest stays due. */
const pageSize = 50;
/** Each is mostly waiting for the mail to be on its way. */
const concurrency = 5;
/** The sweep has more to do. */
const runMs = 15_000;

export const sendMessages = async (deps: SendDeps): Promise<void> => {
  const now = deps.clock.now();
  const due = await deps.store.list('messages', {
    atMost: { column: 'nextAttemptAt', value: now.toISOString() },
    orderBy: { column: 'nextAttemptAt' },
    limit: pageSize,
  });
  const queue = due.map(({ id }) => id);
  const isOver = (): boolean => deps.clock.now().getTime() - now.getTime() > runMs;
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined && !isOver(); id = queue.shift()) {
      await sendSafely(deps, id);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
};

/** One that fails for a reason nobody expected holds up no other; it stays due. */
const sendSafely = async (deps: SendDeps, messageId: string): Promise<void> => {
  try {
    await sendMessage(deps, messageId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    deps.log.error('message.send_failed', { messageId, reason });
  }
};
