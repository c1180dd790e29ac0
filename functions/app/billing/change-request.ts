/**
 * The only place that writes a pay link's state. Compare-and-set on the row that was decided upon; a
 * lost race is decided again. Its history is written after the row, and again by whoever comes next.
 */
import type { BillingChanges } from '#core/billing/notices.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { Contended } from '#ports/store.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export interface BillingDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

export type StoredRequest = Stored<'billing_requests'>;

const racesAtMost = 8;

export type RequestChanges = BillingChanges &
  Partial<Pick<RowOf<'billing_requests'>, 'payUrl' | 'failureCode' | 'textedTo'>>;

interface Wish {
  readonly actor: string;
  /** Kept with the history entry. */
  readonly reason?: string;
  /** Null = leave it. Called again with the row as it is now after each lost race. */
  readonly decide: (request: StoredRequest) => RequestChanges | null;
}

export const changeRequest = async (
  deps: BillingDeps,
  requestId: string,
  wish: Wish,
): Promise<StoredRequest | null> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const request = await deps.store.get('billing_requests', requestId);
    if (request === null) return null;
    const changes = wish.decide(request);
    if (changes === null) return request;
    // What stands there is told before it is replaced: nothing is missing in the history.
    await recordRequest(deps, request);
    const moves = changes.state !== undefined;
    const isPaid = changes.paidKrw !== undefined;
    const columns = {
      ...changes,
      ...(isPaid ? { paidAt: deps.clock.now().toISOString() } : {}),
      ...(moves ? { changedBy: wish.actor, changedFor: wish.reason ?? null } : {}),
    };
    const target = { id: request.id, version: request.version };
    if ((await deps.store.update('billing_requests', target, columns)) !== 'updated') continue;
    if (moves) deps.log.info('billing.changed', { requestId, state: changes.state ?? '' });
    const changed = await deps.store.get('billing_requests', requestId);
    if (changed === null) return null;
    await recordRequest(deps, changed);
    return changed;
  }
  throw new Contended('billing.contended');
};

/** Adds the present state to the history unless it is the last thing there. */
export const recordRequest = async (deps: BillingDeps, request: StoredRequest): Promise<void> => {
  const kind = `billing.${request.state}`;
  await appendTimeline(
    deps,
    {
      subjectId: request.id,
      kind,
      detail: {
        documentId: request.documentId,
        amountKrw: request.amountKrw,
        ...(request.mulNo === null ? {} : { mulNo: request.mulNo }),
        ...(request.failureCode === null ? {} : { code: request.failureCode }),
        ...(request.changedFor === null ? {} : { reason: request.changedFor }),
      },
      actor: request.changedBy,
      at: deps.clock.now(),
      readers: 'functions',
    },
    (last) => last?.kind === kind,
  );
};
