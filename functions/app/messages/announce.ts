/**
 * Puts a notice into the outbox; the minute sweep sends it. Key: (subject, kind, occasion), so it may
 * be announced again after any crash and still goes out once. Announce before the write that makes
 * the occasion unrecognisable, never after it.
 */
import type { Store } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';
import type { MessageKind } from '#schemas/contract/vocabulary.ts';
import type { MessageValues } from '#schemas/record/message.ts';

export interface AnnounceDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

export interface MessageKey {
  readonly kind: MessageKind;
  /** The row it is about: a runtime's, order's or invitation's id. */
  readonly subjectId: string;
  /** At most 64 characters. */
  readonly occasion: string;
}

/** One of each kind, with the values that its text needs. */
export type Announcement = {
  readonly [K in MessageKind]: MessageKey & {
    readonly kind: K;
    readonly workspaceId: string;
    /** To this person alone; left out, to those of the workspace whom the kind concerns. */
    readonly userId?: string;
    readonly values: MessageValues<K>;
  };
}[MessageKind];

export const messageIdOf = (ids: Ids, { kind, subjectId, occasion }: MessageKey): string =>
  ids.idFrom('message', subjectId, kind, occasion);

/** `known`: it was announced before, with whatever values it had then. */
export const announce = async (
  deps: AnnounceDeps,
  announcement: Announcement,
): Promise<'announced' | 'known'> => {
  const { kind, subjectId, occasion, workspaceId, userId, values } = announcement;
  const messageId = messageIdOf(deps.ids, announcement);
  const outcome = await deps.store.create('messages', messageId, {
    data: {
      kind,
      subjectId,
      occasion,
      workspaceId,
      userId: userId ?? null,
      values: JSON.stringify(values),
      state: 'pending',
      deliveries: '[]',
      attempts: 0,
      nextAttemptAt: deps.clock.now().toISOString(),
      sentAt: null,
      failedAt: null,
      failureCode: null,
    },
    readers: 'functions',
  });
  if (outcome !== 'created') return 'known';
  deps.log.info('message.announced', { messageId, kind, subjectId });
  return 'announced';
};

/** ISO time at which it left for one reader at least; null = not yet, or never announced. */
export const sentAtOf = async (
  deps: Pick<AnnounceDeps, 'store' | 'ids'>,
  key: MessageKey,
): Promise<string | null> => {
  const row = await deps.store.get('messages', messageIdOf(deps.ids, key));
  return row === null ? null : row.sentAt;
};
