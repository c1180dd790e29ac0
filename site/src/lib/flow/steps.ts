/**
 * What each of the six steps shows, from what is known and from nothing else: equal input gives
 * equal output, so a reload, a lost socket and a second browser all show the same step.
 */
import type { OrderRow, RuntimeRow, WorkspaceRow } from '#schemas/contract/rows.ts';
import { conditionsView } from '#schemas/contract/rows.ts';
import type { ConditionsView } from '#schemas/contract/rows.ts';
import type {
  ConditionType,
  OrderState,
  ReasonCode,
  RuntimeStatus,
} from '#schemas/contract/vocabulary.ts';
import { isDead, slotsOf } from './slots.ts';
import { newRuntime, stepKeys } from './words.ts';
import type { Selection, Session, StateWord, StepKey, StepView } from './words.ts';
import type { Slot } from './slots.ts';

export interface FlowInput {
  readonly session: Session;
  /** False until rows were read once. */
  readonly loaded: boolean;
  readonly workspaces: readonly WorkspaceRow[];
  readonly orders: readonly OrderRow[];
  readonly runtimes: readonly RuntimeRow[];
  readonly selection: Selection;
}

export interface FlowView {
  readonly steps: Readonly<Record<StepKey, StepView>>;
  readonly current: StepKey;
  readonly workspace: WorkspaceRow | null;
  readonly slots: readonly Slot[];
  readonly slot: Slot | null;
  readonly conditions: ConditionsView;
  /** Something is expected to change by itself soon. */
  readonly busy: boolean;
}

const next = (word: StateWord = 'idle'): StepView => ({ phase: 'next', word });
const now = (word: StateWord): StepView => ({ phase: 'now', word });
const done = (word: StateWord): StepView => ({ phase: 'done', word });
const working = (word: StateWord): StepView => ({ phase: 'working', word });
const problem = (word: StateWord): StepView => ({ phase: 'problem', word });

/** Rows written by a newer server may hold words this page does not know: then none are shown. */
export const conditionsOf = (runtime: RuntimeRow | null): ConditionsView => {
  if (runtime === null) return [];
  try {
    const parsed = conditionsView.safeParse(JSON.parse(runtime.conditions));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
};

const isTrue = (conditions: ConditionsView, type: ConditionType): boolean =>
  conditions.some((condition) => condition.type === type && condition.value === 'true');

const reasonOf = (conditions: ConditionsView, type: ConditionType): ReasonCode | null =>
  conditions.find((condition) => condition.type === type)?.reason ?? null;

const isExposed = (conditions: ConditionsView): boolean =>
  reasonOf(conditions, 'private') === 'exposed';

/** The one asked for; without a wish the only one, else none: never a guess. */
const chosenWorkspace = (input: FlowInput): WorkspaceRow | null => {
  const { workspaceId } = input.selection;
  if (workspaceId !== null) return input.workspaces.find((row) => row.$id === workspaceId) ?? null;
  return input.workspaces.length === 1 ? (input.workspaces[0] ?? null) : null;
};

const chosenSlot = (slots: readonly Slot[], runtimeId: string | null): Slot | null => {
  if (runtimeId === newRuntime) return null;
  if (runtimeId !== null) return slots.find((slot) => slot.runtimeId === runtimeId) ?? null;
  const alive = slots.filter((slot) => !isDead(slot));
  return alive.length === 1 ? (alive[0] ?? null) : null;
};

const workspaceStep = (input: FlowInput, workspace: WorkspaceRow | null): StepView => {
  if (input.session !== 'signed_in') return next();
  if (!input.loaded) return working('loading');
  if (workspace !== null) return done('selected');
  return now(input.workspaces.length === 0 ? 'empty' : 'select_workspace');
};

const orderStep = (state: OrderState): StepView => {
  switch (state) {
    case 'draft':
    case 'awaiting_payment':
      return now(state);
    case 'waiting_deposit':
    case 'paid':
    case 'fulfilled':
    case 'refund_requested':
      return working(state);
    case 'payment_failed':
    case 'cancelled':
    case 'expired':
    case 'refund_due':
    case 'refunded':
    case 'partially_refunded':
      return problem(state);
  }
};

const checkoutStep = (slot: Slot | null, runtimeCount: number): StepView => {
  if (slot === null) return now(runtimeCount > 0 ? 'select_runtime' : 'idle');
  if (slot.runtime === null) {
    return slot.order === null ? now('idle') : orderStep(slot.order.state);
  }
  switch (slot.runtime.status) {
    case 'provisioning':
      return working('provisioning');
    case 'failed':
      return problem('failed');
    case 'running':
    case 'auth_required':
    case 'linking':
    case 'ready':
    case 'degraded':
    case 'suspended':
    case 'deleting':
    case 'deleted':
      return done('fulfilled');
  }
};

/**
 * Verified, and shown from outside to be closed: before that nothing is asked of the customer. Once
 * linked, a proof that is made anew (after a deployment) takes nobody back to an earlier step.
 */
const isHandedOver = (conditions: ConditionsView): boolean =>
  isTrue(conditions, 'verified') &&
  (isTrue(conditions, 'private') || isTrue(conditions, 'codex_linked'));

const runtimeStep = (status: RuntimeStatus, conditions: ConditionsView): StepView => {
  switch (status) {
    case 'provisioning':
    case 'failed':
      return next(status);
    case 'degraded':
      return problem('degraded');
    case 'suspended':
    case 'deleted':
      return problem(status);
    case 'deleting':
      return working('deleting');
    case 'running':
    case 'auth_required':
    case 'linking':
    case 'ready':
      if (isExposed(conditions)) return problem('exposed');
      if (isHandedOver(conditions)) return done('verified');
      return reasonOf(conditions, 'verified') === 'verify_failed'
        ? problem('verify_failed')
        : working('running');
  }
};

const codexStep = (status: RuntimeStatus, conditions: ConditionsView): StepView => {
  const reason = reasonOf(conditions, 'codex_linked');
  if (isTrue(conditions, 'codex_linked')) {
    return done(reason === 'login_expiring' ? 'login_expiring' : 'linked');
  }
  if (!isHandedOver(conditions)) return next();
  if (status === 'linking') return now('linking');
  if (reason === 'login_expired' || reason === 'login_refused') return problem(reason);
  return now('auth_required');
};

/** Nothing is asked of anybody before it is back. */
const isGone = (status: RuntimeStatus): boolean =>
  status === 'suspended' || status === 'deleting' || status === 'deleted';

const readyStep = (status: RuntimeStatus, conditions: ConditionsView): StepView => {
  if (status === 'ready') return done('ready');
  if (status === 'degraded') return next('degraded');
  if (isGone(status)) return next();
  if (!isTrue(conditions, 'codex_linked') || !isTrue(conditions, 'verified')) return next();
  const reason = reasonOf(conditions, 'smoke_passed');
  if (reason === 'smoke_running' || reason === 'updating') return working('smoke_running');
  // All is proven but that nobody outside gets in: nothing for the customer to do.
  if (isTrue(conditions, 'smoke_passed')) return working('proving');
  return reason === 'smoke_failed' ? problem('smoke_failed') : now('smoke_required');
};

const activationSteps = (runtime: RuntimeRow | null, conditions: ConditionsView) =>
  runtime === null
    ? { runtime: next(), codex: next(), ready: next() }
    : {
        runtime: runtimeStep(runtime.status, conditions),
        codex: codexStep(runtime.status, conditions),
        ready: readyStep(runtime.status, conditions),
      };

const accountStep = (session: Session): StepView => {
  switch (session) {
    case 'checking':
      return working('checking');
    case 'signed_out':
      return now('signed_out');
    case 'signed_in':
      return done('signed_in');
  }
};

/** First step that is not behind us; when all are, the last. */
const currentOf = (steps: Readonly<Record<StepKey, StepView>>): StepKey =>
  stepKeys.find((key) => steps[key].phase !== 'done') ?? 'ready';

export const flowOf = (input: FlowInput): FlowView => {
  const signedIn = input.session === 'signed_in' && input.loaded;
  const workspace = signedIn ? chosenWorkspace(input) : null;
  const slots = workspace === null ? [] : slotsOf(workspace.$id, input.orders, input.runtimes);
  const slot = chosenSlot(slots, input.selection.runtimeId);
  const conditions = conditionsOf(slot?.runtime ?? null);
  const alive = slots.filter((candidate) => !isDead(candidate));
  const wantsNew = input.selection.runtimeId === newRuntime;
  const steps = {
    account: accountStep(input.session),
    workspace: workspaceStep(input, workspace),
    checkout:
      workspace === null
        ? next('select_workspace')
        : checkoutStep(slot, wantsNew ? 0 : alive.length),
    ...activationSteps(slot?.runtime ?? null, conditions),
  };
  const waiting = steps.checkout.word === 'awaiting_payment' || steps.codex.word === 'linking';
  const busy = signedIn && (waiting || Object.values(steps).some((s) => s.phase === 'working'));
  return { steps, current: currentOf(steps), workspace, slots, slot, conditions, busy };
};
