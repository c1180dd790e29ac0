/**
 * The reconciler's two ways in: a row event, believed only as a hint which row to read again, and
 * the minute sweep, which must reach the right end alone when every event is lost.
 */
import { removeLeftLeases } from '#app/lease.ts';
import { removeExpiredLimits } from '#app/limits/remove-expired.ts';
import { settleAutopays } from '#app/autopay/settle.ts';
import { applyNoticeNow, applyNotices } from '#app/orders/apply-notices.ts';
import { auditMoney } from '#app/orders/audit-money.ts';
import type { SendDeps } from '#app/messages/send-message.ts';
import { sendMessage } from '#app/messages/send-message.ts';
import { sendMessages } from '#app/messages/send-messages.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import { settleOrder } from '#app/orders/settle-order.ts';
import { settleEach, settleOrders } from '#app/orders/settle-orders.ts';
import { settleTerms } from '#app/terms/settle-terms.ts';
import { settleInvitation, settleTeam, settleTeams } from '#app/team/settle.ts';
import { settleUpdate } from '#app/updates/settle-update.ts';
import { settleUpdates } from '#app/updates/settle-updates.ts';
import type { ReconcileDeps } from './deps.ts';
import { surveyServers } from '#app/placement/survey.ts';
import { holdTeam } from './access.ts';
import { inspectMinute } from './inspect.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';
import { sweepRuntimes } from './sweep.ts';

export type ReactDeps = ReconcileDeps & OrderDeps & SendDeps;

/** Which row (or, as `memberships`, which team) an event spoke of; nothing else of it is used. */
export interface Hint {
  readonly tableId: string;
  readonly rowId: string;
}

/** Of every hour. */
const surveyMinute = 30;

/** Notices and orders worked off in one execution; the rest stays due. */
const pageSize = 50;

const settleMoney = async (deps: OrderDeps): Promise<void> => {
  const now = deps.clock.now();
  const { orderIds } = await applyNotices(deps, { now, limit: pageSize });
  await settleEach(deps, orderIds);
};

/** The side that has no machines: payments, orders, terms. */
export const sweepMoney = async (deps: CheckoutDeps & OrderDeps): Promise<void> => {
  await settleMoney(deps);
  await settleOrders(deps, { now: deps.clock.now(), limit: pageSize });
  await settleAutopays(deps);
  await settleTerms(deps);
  await auditMoney(deps, pageSize);
};

export const sweep = async (deps: ReactDeps): Promise<void> => {
  const minute = deps.clock.now().getUTCMinutes();
  await sweepMoney(deps);
  await settleTeams(deps);
  await sendMessages(deps);
  await removeExpiredLimits(deps);
  await removeLeftLeases(deps);
  await settleUpdates(deps, minute);
  const { looked } = await sweepRuntimes(deps);
  if (looked > 0) deps.log.info('sweep.done', { looked });
  await lookAround(deps, minute);
};

/** What is due comes first; then what nobody asked about, in this minute's share. */
const lookAround = async (deps: ReactDeps, minute: number): Promise<void> => {
  await inspectMinute(deps, minute);
  if (minute === surveyMinute) await surveyServers(deps);
};

export const react = async (deps: ReactDeps, hint: Hint): Promise<void> => {
  switch (hint.tableId) {
    case 'notices': {
      const orderId = await applyNoticeNow(deps, hint.rowId);
      if (orderId !== null) await settleEach(deps, [orderId]);
      return;
    }
    case 'orders':
      await settleOrder(deps, hint.rowId);
      return;
    case 'runtimes':
      await reconcileRuntime(deps, hint.rowId);
      // What it found decides how an update under way goes on.
      await settleUpdate(deps, hint.rowId);
      return;
    case 'memberships':
      // Before anything else, and whoever changes the team meanwhile: nothing is as urgent.
      await holdTeam(deps, hint.rowId);
      await settleTeam(deps, hint.rowId);
      return;
    case 'messages':
      await sendMessage(deps, hint.rowId);
      return;
    case 'invitations':
      await settleInvitation(deps, hint.rowId);
      return;
    default:
      return sweep(deps);
  }
};
