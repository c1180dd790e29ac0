/**
 * What an operator may do with a runtime as it stands, and what that will do: the same judgement for
 * the list of possible actions, the dry run and the act. Pure.
 */
import { earnsRuntime } from '#core/order/machine.ts';
import { isRestoring } from '#core/runtime/restore.ts';
import { isLeaving, isPaused } from '#core/term/standstill.ts';
import type { Stored } from '#ports/store.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { ActionEffect, RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import { runtimeActions } from '#schemas/contract/operator-runtimes.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { updateOf } from '#app/updates/releases.ts';
import { copyKeptDays } from '#schemas/contract/updates.ts';
import type { Facts } from '#schemas/record/runtime.ts';

export interface Standing {
  readonly row: Pick<
    Stored<'runtimes'>,
    | 'desired'
    | 'status'
    | 'receipt'
    | 'suspendedFor'
    | 'pausedAt'
    | 'deletesAt'
    | 'deletion'
    | 'update'
    | 'updateState'
  >;
  readonly facts: Facts;
  readonly order: Pick<Stored<'orders'>, 'state' | 'promisedBy'> | null;
  readonly nowMs: number;
}

export type Judged =
  | { readonly kind: 'possible'; readonly effects: readonly ActionEffect[] }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

const yes = (...effects: readonly ActionEffect[]): Judged => ({ kind: 'possible', effects });
const no = (code: ErrorCode): Judged => ({ kind: 'refused', code });

const afterItsTerm = ({ pausedAt }: Standing['row']): readonly ActionEffect[] =>
  pausedAt === null ? ['containers_started', 'login_kept'] : ['stays_paused'];

export const judgeAction = (standing: Standing, action: RuntimeAction): Judged => {
  const { row, facts, order } = standing;
  // Its time is over and it stands still for that: a payment or given days start it again.
  const hasEnded = row.suspendedFor === 'unpaid';
  const isPaid = order !== null && earnsRuntime(order.state) && !hasEnded;
  const runs = row.desired === 'running';
  switch (action) {
    case 'retry':
      return row.status === 'deleted'
        ? no('action_not_possible')
        : yes('failures_forgotten', 'looked_at_now');
    case 'redeploy': {
      const { status } = facts.deployment;
      const isUnderWay = status === 'requested' || status === 'running';
      if (!runs || isUnderWay || facts.compose.composeId === null) return no('action_not_possible');
      return yes(
        'containers_made_anew',
        'interrupted_for_minutes',
        'volumes_kept',
        'login_kept',
        'smoke_needed_again',
      );
    }
    case 'restart':
      if (!runs || facts.compose.composeId === null || facts.deployment.status !== 'done') {
        return no('action_not_possible');
      }
      return yes('containers_restarted', 'interrupted_for_minutes', 'volumes_kept', 'login_kept');
    case 'suspend':
      // Also over its owner's pause, who then cannot end it.
      if (!runs && !isPaused(row)) return no('action_not_possible');
      return yes(
        'containers_stopped',
        'unreachable_until_resumed',
        'volumes_kept',
        'order_keeps_money',
        ...(isPaid && order.promisedBy !== null && row.receipt === null
          ? (['promise_runs_on'] as const)
          : []),
      );
    case 'resume':
      // Whoever paused it goes on with it, and whoever is deleting it keeps it.
      if (row.desired !== 'suspended' || isPaused(row) || isLeaving(row))
        return no('action_not_possible');
      if (!isPaid) return no('runtime_not_paid');
      if (row.pausedAt !== null) return yes('stays_paused', 'volumes_kept');
      return yes('containers_made_anew', 'containers_started', 'volumes_kept', 'login_kept');
    case 'give_time':
      if (row.desired === 'deleted' || row.suspendedFor === 'refunded' || isLeaving(row)) {
        return no('action_not_possible');
      }
      return yes('time_added', ...(hasEnded ? afterItsTerm(row) : []));
    case 'update_now':
      return judgeUpdate(standing);
    case 'roll_back':
      return judgeRollBack(standing);
    case 'delete':
      if (row.desired === 'deleted') return no('action_not_possible');
      if (isPaid) return no('runtime_paid');
      return yes('containers_stopped', 'volumes_deleted', 'slot_given_back', 'cannot_be_undone');
    case 'declare_gone':
      return judgeDeclared(standing);
  }
};

/** Only where its service is gone and what it left cannot be looked at. */
const judgeDeclared = ({ row, facts }: Standing): Judged => {
  const { removal, compose, takedown } = facts;
  const isAway = compose.composeId === null && takedown.state !== null;
  const isOpen = removal.emptyAt === null && (deletionOf(row)?.declaredBy ?? null) === null;
  if (row.desired !== 'deleted' || row.status === 'deleted' || !isAway || !isOpen) {
    return no('action_not_possible');
  }
  return yes('declared_in_receipt', 'slot_given_back', 'cannot_be_undone');
};

const judgeUpdate = ({ row, facts }: Standing): Judged => {
  const { updateState: state } = row;
  if (isRestoring(facts)) return no('restart_busy');
  const isThere = row.update !== null && (state === 'planned' || state === 'rolled_back');
  if (row.desired !== 'running' || !isThere || facts.deployment.status !== 'done') {
    return no('action_not_possible');
  }
  return yes('state_copied', 'containers_made_anew', 'interrupted_for_minutes', 'login_kept');
};

const copyKeptMs = copyKeptDays * 24 * 60 * 60_000;

/** A state that is brought back and one that an update keeps do not go past one another. */
const judgeRollBack = ({ row, facts, nowMs }: Standing): Judged => {
  if (isRestoring(facts)) return no('restart_busy');
  const update = updateOf(row);
  if (row.desired !== 'running' || update === null) return no('action_not_possible');
  const endedMs = update.endedAt === null ? nowMs : Date.parse(update.endedAt);
  const isKept = row.updateState === 'done' && nowMs - endedMs < copyKeptMs - marginMs;
  if (!isKept && row.updateState !== 'applying') return no('action_not_possible');
  return yes('old_version_back', 'state_since_lost', 'interrupted_for_minutes');
};

/** Bootstrap counts from the copy, which is older than the end of the update. */
const marginMs = 3 * 60 * 60_000;

export const possibleActions = (standing: Standing): RuntimeAction[] =>
  runtimeActions.filter((action) => judgeAction(standing, action).kind === 'possible');
