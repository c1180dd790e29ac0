/**
 * Which fault point is tried where. Together they must be all that are deployed: a point that is
 * added to the code has to be added here, with a story that comes to it.
 */

/** On the way of every customer: tried while fifty orders are under way. */
export const onTheWay = {
  signup: ['account.created', 'member.created'],
  workspaces: ['subdomain.claimed', 'team.ensured'],
  checkout: ['order.created', 'payment.requested', 'order.changed', 'order.request_started'],
  payapp: ['notice.stored'],
  reconcile: [
    'notice.applied',
    'order.changed',
    'effect.open_runtime',
    'message.handed_on',
    'message.judged',
    'runtime.host_claimed',
    'runtime.created',
    'slot.claimed',
    'runtime.claim_slot.done',
    'runtime.ensure_project.done',
    'runtime.ensure_compose.done',
    'runtime.configure.done',
    'runtime.deploy.intended',
    'runtime.deploy.done',
    'runtime.observe_deployment.done',
    'runtime.observe_agent.done',
    'runtime.verify.done',
    'runtime.prove_exposure.done',
  ],
} as const;

/** Reached by what the deaths before it left behind: a deployment nobody knows of. */
export const inTheWake = { reconcile: ['runtime.declare_lost.done'] } as const;

/** Orders of their own: cancelled, expired, refunded by three hands, late. */
export const withMoney = {
  checkout: [
    'order.link_dead',
    'refund.intended',
    'refund.answered',
    'refund.requesting',
    'refund.noted',
  ],
  operator: [
    'order.changed',
    'refund.intended',
    'refund.answered',
    'refund.requesting',
    'refund.noted',
  ],
  reconcile: [
    'order.link_dead',
    'refund.intended',
    'refund.answered',
    'refund.requesting',
    'refund.noted',
    'promise.retried',
    'promise.reported',
    'effect.cancel_request',
    'effect.suspend_runtime',
    'effect.raise_task',
    'runtime.find_compose.done',
  ],
} as const;

/** A runtime's later life. */
export const afterwards = {
  reconcile: [
    'runtime.start_smoke.done',
    'runtime.raise_task.done',
    'runtime.observe_machine.done',
    'runtime.start.done',
    'runtime.restart_stop.done',
    'runtime.restart_start.done',
    'runtime.ask_smoke.done',
    'runtime.start_check.done',
    'runtime.start_backup.done',
    'runtime.settle_restore.done',
    'runtime.end_access.done',
    'runtime.stop.done',
    'runtime.remove.done',
    'runtime.look_gone.done',
    'runtime.prove_unrouted.done',
    'slot.released',
    'runtime.release_slot.done',
    'runtime.receipt_written',
    'runtime.issue_receipt.done',
  ],
} as const;

/** The term of a runtime: renewed, unpaid, paid again, given back, at its end. */
export const inItsTerm = {
  reconcile: [
    'term.renewal_created',
    'payment.requested',
    'term.announced',
    'term.suspended',
    'term.extended',
    'effect.extend_runtime',
    'term.retracted',
    'effect.retract_period',
    'term.plan_changed',
    'effect.change_plan',
    'term.plan_reverted',
    'effect.revert_plan',
    'term.plan_switched',
    'term.renewals_closed',
    'term.deleted',
  ],
} as const;

/** People who come into a workspace and go. */
export const inTheTeam = {
  workspaces: ['invitation.claimed', 'member.joined', 'team.marked', 'team.changed'],
  reconcile: ['member.joined'],
} as const;

/** Months of one runtime or two, in `life.test.ts`: updated, renewed by PayApp itself, taken along. */
export const inItsLife = {
  checkout: ['autopay.created', 'autopay.registered', 'autopay.stopped', 'autopay.cancelled'],
  reconcile: [
    'update.planned',
    'update.started',
    'update.smoke_asked',
    'update.taken_back',
    'update.told',
    'update.ended',
    'autopay.charge_noted',
    'autopay.charge_ordered',
    'autopay.missed',
    'autopay.stopped',
    'autopay.cancelled',
    'runtime.observe_export.done',
    'term.orders_closed',
  ],
} as const;

export type Planned = Readonly<Record<string, readonly string[]>>;

const union = (parts: readonly Planned[]): Planned => {
  const all = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const [functionId, points] of Object.entries(part)) {
      all.set(functionId, new Set([...(all.get(functionId) ?? []), ...points]));
    }
  }
  return Object.fromEntries([...all].map(([name, points]) => [name, [...points].toSorted()]));
};

/** Every point at which somebody dies among the fifty of `product.test.ts`. */
export const amongFifty = (): Planned =>
  union([onTheWay, inTheWake, withMoney, afterwards, inItsTerm, inTheTeam]);

/** Function → points, as `deployedPoints` gives them. */
export const allPlanned = (): Planned => union([amongFifty(), inItsLife]);

/** `<function> <point>` of each. */
export const namesOf = (planned: Planned): readonly string[] =>
  Object.entries(planned).flatMap(([functionId, points]) =>
    points.map((point) => `${functionId} ${point}`),
  );
