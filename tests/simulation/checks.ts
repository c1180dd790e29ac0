/**
 * What must hold at every single write (docs/invariants.md). Judged against the truth of the world:
 * what was really paid, what really runs, which smoke really passed.
 */
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, issuedReceipt, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { Stored } from '#ports/store.ts';
import type { Functions } from './functions.ts';
import { checkExport } from './leaving.ts';
import { checkBorn, checkPin, checkReady } from './release.ts';
import { checkRemoval } from './removal.ts';
import type { AnyRow, Write } from './rows.ts';
import type { World } from './world.ts';

type Order = RowOf<'orders'>;
type Runtime = RowOf<'runtimes'>;

/** Money came in and was right, whatever became of it later. */
const everPaid: readonly OrderState[] = [
  'paid',
  'fulfilled',
  'partially_refunded',
  'refund_requested',
  'refunded',
];
const earning: readonly OrderState[] = ['paid', 'fulfilled'];
const unpaid: readonly OrderState[] = [
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'payment_failed',
];

const mayFollow = (from: OrderState, to: OrderState): boolean => {
  if (from === to) return true;
  if (from === 'refunded') return false;
  if (from === 'cancelled' || from === 'expired') {
    return to === 'refund_due' || to === 'refund_requested' || to === 'refunded';
  }
  // Once money was taken the order is never open or merely closed again.
  return unpaid.includes(from) || !(unpaid.includes(to) || to === 'cancelled' || to === 'expired');
};

const appendOnly: readonly string[] = ['timeline'];
const noticeMarks: readonly string[] = ['appliedAt', 'outcome', 'attempts', 'retryAt'];

export class WriteChecks {
  readonly #functions: Functions;
  readonly #world: World;

  constructor(functions: Functions) {
    this.#functions = functions;
    this.#world = functions.world;
  }

  check(write: Write): void {
    const { table, kind, before, after } = write;
    if (kind === 'create' && before !== undefined) {
      this.#world.violate(4, `${table} ${before.id} was overwritten`);
    }
    if (appendOnly.includes(table) && kind !== 'create') {
      this.#world.violate(4, `${table} is append-only`);
    }
    switch (table) {
      case 'orders': {
        this.#order(before as Order | undefined, after as (Order & AnyRow) | undefined);
        return;
      }
      case 'runtimes': {
        this.#runtime(write);
        return;
      }
      case 'subdomains': {
        this.#subdomain(before, after);
        return;
      }
      case 'invites': {
        this.#invite(before, after);
        return;
      }
      case 'notices': {
        this.#notice(write);
        return;
      }
      default:
        return;
    }
  }

  #order(before: Order | undefined, after: (Order & AnyRow) | undefined): void {
    if (after === undefined) {
      this.#world.violate(4, 'an order was deleted');
      return;
    }
    if (before === undefined) return;
    const { id, state } = after;
    if (!mayFollow(before.state, state)) {
      this.#world.violate(4, `order ${id} went from ${before.state} to ${state}`);
    }
    if (after.priceKrw !== before.priceKrw || after.runtimeId !== before.runtimeId) {
      this.#world.violate(1, `order ${id} changed what was sold`);
    }
    if (!earning.includes(state) || earning.includes(before.state)) return;
    const bill = this.#functions.payapp.bills.get(after.mulNo ?? '');
    // One that PayApp made by itself is of an agreement, which its order names.
    const isCharged = bill?.rebillNo != null && after.planSnapshot.includes(bill.orderId);
    if (bill?.orderId !== id && !isCharged) {
      this.#world.violate(1, `order ${id} is ${state} by a payment of somebody else`);
    } else if (bill.paidKrw !== after.priceKrw) {
      const paid = `${String(bill.paidKrw)} of ${after.priceKrw}`;
      this.#world.violate(1, `order ${id} is ${state} with ${paid} paid`);
    }
  }

  #runtime({ kind, before, after, readers, columns }: Write): void {
    if (kind === 'delete' || after === undefined) {
      this.#world.violate(2, 'a runtime was deleted');
      return;
    }
    const row = after as unknown as Stored<'runtimes'> & AnyRow;
    if (kind === 'create' && row.desired === 'running') this.#opened(row, readers);
    if (before?.['desired'] === 'deleted' && row.desired !== 'deleted') {
      this.#world.violate(4, `runtime ${row.id} came back from deleted`);
    }
    this.#paused(before as unknown as Runtime | undefined, row);
    checkPin(this.#functions, before as unknown as (Runtime & AnyRow) | undefined, row);
    if (row.status === 'ready') {
      this.#ready(row);
      checkReady(this.#functions, row);
    }
    checkExport(this.#functions, before as unknown as Runtime | undefined, row);
    checkRemoval(this.#functions, before as unknown as Stored<'runtimes'> | undefined, row);
    if (columns.includes('receipt')) this.#receipt(row);
    // Reading the facts is most of what a check costs.
    if (!columns.includes('facts') && !columns.includes('status')) return;
    const facts = readJson(factsSchema, row.facts, noFacts);
    if (row.status === 'ready') this.#ofThisLogin(row, facts);
    this.#backedUp(row, facts);
  }

  /** A pause ends by its owner's word alone, whoever else stops and starts the runtime. */
  #paused(was: Runtime | undefined, row: Runtime & AnyRow): void {
    if (row.pausedAt !== null && row.desired === 'running') {
      this.#world.violate(14, `runtime ${row.id} was started though it is paused`);
    }
    const ended = was !== undefined && was.pausedAt !== null && row.pausedAt === null;
    if (ended && was.suspendedFor !== 'customer') {
      this.#world.violate(
        14,
        `a pause of ${row.id} ended while ${was.suspendedFor ?? 'nobody'} held it`,
      );
    }
  }

  #opened(row: Stored<'runtimes'> & AnyRow, readers: Write['readers']): void {
    const order = this.#world.rows.get('orders', row.orderId);
    if (order === null || !everPaid.includes(order.state)) {
      this.#world.violate(2, `runtime ${row.id} of an order that is ${order?.state ?? 'absent'}`);
    }
    const team = typeof readers === 'object' && 'team' in readers ? readers.team : null;
    checkBorn(this.#functions, row);
    if (team !== row.workspaceId) this.#world.violate(6, `runtime ${row.id} is read by others`);
  }

  /** A smoke must have passed, and strangers been refused, on the deployment that we made last. */
  #ready(row: Runtime & AnyRow): void {
    const own = this.#functions.machines.lastOwn(row.id);
    const { provenBy, closedUnder } = this.#functions.machines.tenant(row.id);
    if (own === null || provenBy?.title !== own) {
      this.#world.violate(3, `runtime ${row.id} is ready without a proof of what runs`);
    }
    if (own === null || closedUnder !== own) {
      this.#world.violate(3, `runtime ${row.id} is ready and was not tried from outside`);
    }
  }

  /** It names what the turn was really given on. */
  #receipt({ id, receipt: text }: Runtime & AnyRow): void {
    const receipt = readJson(issuedReceipt, text, null);
    if (receipt === null) return;
    const image = this.#functions.machines.provenOn.get(receipt.smokeId);
    if (image !== undefined && image !== receipt.image) {
      this.#world.violate(3, `runtime ${id} was proven on ${image}, told as ${receipt.image}`);
    }
  }

  #ofThisLogin(row: Runtime & AnyRow, { codex, smoke }: Facts): void {
    if (smoke.report?.loginId !== codex.loginId) {
      this.#world.violate(3, `runtime ${row.id} is ready by the smoke of another login`);
    }
  }

  /** Told of as a backup is only what its tenant has proven. */
  #backedUp(row: Runtime & AnyRow, { backup }: Facts): void {
    const { newest, kept, report } = backup;
    const proven = new Set(this.#functions.machines.tenant(row.id).proven);
    const counted = newest === null ? kept : [newest, ...kept];
    if (counted.some(({ backupId }) => !proven.has(backupId))) {
      this.#world.violate(15, `runtime ${row.id} counts a backup that was not proven`);
    }
    if (report?.code === 'proven' && !proven.has(report.backupId)) {
      this.#world.violate(15, `runtime ${row.id} calls a backup proven that was not`);
    }
  }

  #subdomain(before: AnyRow | undefined, after: AnyRow | undefined): void {
    if (before === undefined) return;
    const owner = before['runtimeId'];
    const isMoved = after?.['workspaceId'] !== before['workspaceId'];
    if (isMoved || (owner !== null && after?.['runtimeId'] !== owner)) {
      this.#world.violate(5, `name ${before.id} changed its owner`);
    }
  }

  #invite(before: AnyRow | undefined, after: AnyRow | undefined): void {
    const usedBy = before?.['usedBy'] ?? null;
    if (usedBy !== null && after?.['usedBy'] !== usedBy) {
      this.#world.violate(5, 'an invite was used twice');
    }
  }

  #notice({ kind, columns }: Write): void {
    if (kind === 'create') return;
    if (kind === 'delete' || columns.some((column) => !noticeMarks.includes(column))) {
      this.#world.violate(1, 'a notice was changed');
    }
  }
}
