/**
 * One history of an order for the operator: the order's own entries, its runtime's, and who gave
 * money back and why. Newest first; nothing is joined or left out, unlike the customer's view.
 */
import type { history } from '#schemas/contract/operator.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import { runtimeActions } from '#schemas/contract/operator-runtimes.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { RefundStep } from '#schemas/contract/vocabulary.ts';
import { refundSteps } from '#schemas/contract/vocabulary.ts';
import { actorOf, wordOf } from './history.ts';
import type { HistoryActor, HistoryWord } from './history.ts';

/** audit: of the order's refunds. operator: what operators did with the runtime. */
export const historyParts = ['order', 'runtime', 'audit', 'operator'] as const;
export type HistoryPart = (typeof historyParts)[number];

export interface ReadPart extends ValueOf<typeof history> {
  readonly part: HistoryPart;
}

export interface HistorySubject {
  readonly part: HistoryPart;
  readonly subjectId: string;
}

export const subjectsOfRuntime = (runtimeId: string): readonly HistorySubject[] => [
  { part: 'runtime', subjectId: runtimeId },
  { part: 'operator', subjectId: `audit-${runtimeId}` },
];

export const subjectsOfOrder = (order: {
  readonly orderId: string;
  readonly runtimeId: string;
}): readonly HistorySubject[] => [
  { part: 'order', subjectId: order.orderId },
  { part: 'audit', subjectId: `audit-${order.orderId}` },
  ...subjectsOfRuntime(order.runtimeId),
];

export type AuditWord =
  | `refund.${RefundStep}`
  | 'refund.settled_refunded'
  | 'refund.settled_not_refunded'
  | `operator.${RuntimeAction}`;

const auditWords: ReadonlySet<string> = new Set<AuditWord>([
  ...refundSteps.map((step) => `refund.${step}` as const),
  'refund.settled_refunded',
  'refund.settled_not_refunded',
  ...runtimeActions.map((action) => `operator.${action}` as const),
]);
const isAuditWord = (kind: string): kind is AuditWord => auditWords.has(kind);

export interface FileEntry {
  readonly id: string;
  readonly kind: string;
  readonly word: HistoryWord | null;
  readonly auditWord: AuditWord | null;
  /** `account`: somebody with an account, by its id; the page cannot know whose it is. */
  readonly actor: Exclude<HistoryActor, 'member'> | 'account' | 'console';
  readonly actorId: string;
  readonly at: string;
  readonly detail: string;
}

const whoOf = (actor: string, readerId: string | null): FileEntry['actor'] => {
  if (actor === 'console') return 'console';
  const known = actorOf(actor, readerId);
  return known === 'member' ? 'account' : known;
};

export const fileEntriesOf = (
  parts: readonly ReadPart[],
  readerId: string | null,
): readonly FileEntry[] => {
  let drafts = 0;
  return parts
    .flatMap(({ part, entries }) => entries.map((entry) => ({ part, ...entry })))
    .toSorted(
      (a, b) =>
        Date.parse(a.at) - Date.parse(b.at) ||
        historyParts.indexOf(a.part) - historyParts.indexOf(b.part) ||
        a.sequence - b.sequence,
    )
    .map(({ part, sequence, kind, actor, at, detail }): FileEntry => {
      if (kind === 'order.draft') drafts += 1;
      return {
        id: `${part}.${sequence}`,
        kind,
        word: wordOf(kind === 'order.draft' && drafts > 1 ? 'order.draft_again' : kind),
        auditWord: isAuditWord(kind) ? kind : null,
        actor: whoOf(actor, readerId),
        actorId: actor,
        at,
        detail,
      };
    })
    .toReversed();
};
