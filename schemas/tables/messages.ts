/** The outbox of notices to customers. */
import { messageKinds, messageStates } from '../contract/vocabulary.ts';
import { idText, integer, json, key, oneOf, optional, table, text, time } from './define.ts';

/**
 * What customers are to be told by e-mail, and how far that has come. Row id derived from (subject,
 * kind, occasion): creating it twice is sending once. It holds no address: who is to be told is
 * looked up when it is sent. Nobody but functions reads it.
 */
export const messages = table(
  'messages',
  {
    kind: oneOf(messageKinds),
    subjectId: idText(),
    /** Tells two of one kind about one subject apart. */
    occasion: text(64),
    workspaceId: idText(),
    /** To this person alone; null = to those of the workspace whom the kind concerns. */
    userId: optional(idText()),
    /** What the text speaks of: names, amounts, times, a path of the site. */
    values: json(2_000),
    state: oneOf(messageStates),
    /** Per person: how often it was tried, and how it ended. User ids, no addresses. */
    deliveries: json(6_000),
    attempts: integer(0, 1_000),
    nextAttemptAt: optional(time()),
    /** It really left, to one person at least. */
    sentAt: optional(time()),
    failedAt: optional(time()),
    /** Why the last try did not reach everybody. */
    failureCode: optional(text(64)),
  },
  { due: key('nextAttemptAt'), byWorkspace: key('workspaceId'), bySubject: key('subjectId') },
);
