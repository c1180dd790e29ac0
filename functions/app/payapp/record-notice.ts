/**
 * The one short path: PayApp's feedback is judged, stored under its natural key by a single create,
 * and answered. `SUCCESS` is said only after the row is known to be stored (or to be there already);
 * everything else waits for the reconciler.
 */
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { FeedbackGate, FeedbackRequest, NoticeFields } from '#ports/payments.ts';
import type { Store } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export interface NoticeDeps {
  readonly gate: FeedbackGate;
  readonly store: Pick<Store, 'create'>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

/** PayApp reads the body; the status is for people and monitors. */
export interface FeedbackAnswer {
  readonly status: 200 | 403 | 500;
  readonly body: 'SUCCESS' | 'FAIL' | 'OK';
}

const stored: FeedbackAnswer = { status: 200, body: 'SUCCESS' };
const probed: FeedbackAnswer = { status: 200, body: 'OK' };
const refused: FeedbackAnswer = { status: 403, body: 'FAIL' };
const failed: FeedbackAnswer = { status: 500, body: 'FAIL' };

export const recordNotice = async (
  deps: NoticeDeps,
  request: FeedbackRequest,
): Promise<FeedbackAnswer> => {
  const { orderId } = request;
  const verdict = deps.gate.judge(request);
  switch (verdict.kind) {
    case 'probe':
      return probed;
    case 'refused':
      deps.log.warn('feedback.refused', { reason: verdict.reason });
      if (verdict.reason === 'keys' || verdict.reason === 'userid') await tellKeys(deps, request);
      return refused;
    case 'authentic':
      return keep(deps, orderId, { ...verdict.notice, verified: true, outcome: null }, stored);
    case 'keys_absent':
      // Parked for a person; `FAIL` makes PayApp send it again, with its keys one may hope.
      return keep(
        deps,
        orderId,
        { ...verdict.notice, verified: false, outcome: 'keys_absent' },
        refused,
      );
    case 'malformed':
      return keep(deps, orderId, malformed(verdict.digest), stored);
  }
};

/**
 * Whoever sends it holds the token of an order, which PayApp alone was given: its keys are not those
 * we hold. Once a day, one row; told or not, the answer is the same.
 */
const tellKeys = async (deps: NoticeDeps, { orderId }: FeedbackRequest): Promise<void> => {
  const about = deps.clock.now().toISOString().slice(0, 10);
  const task = { kind: 'feedback_keys_differ', subjectId: 'payapp', mulNo: '', about } as const;
  try {
    await raiseTask(deps, { ...task, detail: { orderId } });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.log.error('feedback.task_not_raised', { orderId });
  }
};

type Kept = NoticeFields & { readonly verified: boolean; readonly outcome: string | null };

/** Nothing in it can be trusted but that it came: the digest stands where the number would. */
const malformed = (digest: string): Kept => ({
  mulNo: digest.slice(0, 20),
  payState: '',
  payType: '',
  priceKrw: 0,
  payDate: '',
  cancelDate: '',
  currency: '',
  receiptUrl: null,
  rebillNo: null,
  verified: false,
  outcome: 'malformed',
});

const keep = async (
  deps: NoticeDeps,
  orderId: string,
  kept: Kept,
  answer: FeedbackAnswer,
): Promise<FeedbackAnswer> => {
  const { mulNo, payState, payDate, cancelDate, priceKrw, verified } = kept;
  const key = [orderId, mulNo, payState, payDate, cancelDate, String(priceKrw), String(verified)];
  const id = deps.ids.idFrom('notice', ...key);
  const receivedAt = deps.clock.now().toISOString();
  const data: RowOf<'notices'> = {
    ...kept,
    orderId,
    receivedAt,
    appliedAt: null,
    attempts: null,
    retryAt: null,
  };
  try {
    const outcome = await deps.store.create('notices', id, { data, readers: 'functions' });
    await deps.faults.reach('notice.stored');
    deps.log.info('feedback.stored', { noticeId: id, orderId, payState, verified, outcome });
    return answer;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.log.error('feedback.not_stored', { orderId, payState });
    return failed;
  }
};
