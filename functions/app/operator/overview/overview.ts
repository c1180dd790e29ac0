/**
 * How it goes, from bounded reads: the newest rows of each table, at most a thousand, and the history
 * of at most sixty runtimes. What was left unread is said.
 */
import { factsOf } from '#app/orders/order-row.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  FunnelStep,
  overview as overviewOperation,
  overviewTables,
} from '#schemas/contract/operator-overview.ts';
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import { runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import type { Journey } from './figures.ts';
import { countByDay, daysUntil, funnelOf, sinceOf, timesOf } from './figures.ts';

type Overview = ValueOf<typeof overviewOperation>;
type Table = (typeof overviewTables)[number];

const pageSize = 100;
const pagesAtMost = 10;
const journeysAtMost = 60;
const concurrency = 8;

const corrections: ReadonlySet<string> = new Set<TaskKind>([
  'compose_drift',
  'orphan_compose',
  'containers_left',
  'runtime_unpaid',
  'payment_without_runtime',
]);

/** How far a runtime has come by its status; one that is gone or stopped was up once. */
const wasUp: ReadonlySet<string> = new Set([
  'running',
  'auth_required',
  'linking',
  'ready',
  'degraded',
  'suspended',
]);

export const readOverview = async (
  deps: { readonly store: Store; readonly clock: Clock },
  { days }: BodyOf<typeof overviewOperation>,
): Promise<Result<Overview>> => {
  const now = deps.clock.now();
  const since = sinceOf(now, days);
  const reader = new Reader(deps.store, since);
  const [invites, workspaces, orders, tasks, runtimes, open] = await Promise.all([
    reader.newest('invites'),
    reader.newest('workspaces'),
    reader.newest('orders'),
    reader.newest('tasks'),
    reader.newest('runtimes', 'all'),
    deps.store.list('tasks', { where: { closedAt: null }, limit: pageSize }),
  ]);
  const journeys = await journeysOf(deps.store, orders, runtimes);
  const [oldest] = open;
  return succeed({
    since,
    funnel: [...funnelOf(invites.length, peopleOf({ invites, workspaces, orders, runtimes }))],
    times: timesOf(journeys),
    perDay: perDayOf(daysUntil(now, days), orders, tasks),
    runtimes: runtimeStatuses.map((status) => ({
      status,
      count: runtimes.filter((row) => row.status === status).length,
    })),
    openTasks: open.length,
    oldestTask:
      oldest === undefined
        ? null
        : { taskId: oldest.id, kind: oldest.kind, openedAt: oldest.openedAt },
    cut: [...reader.cut],
  });
};

class Reader {
  readonly cut = new Set<Table>();
  readonly #store: Store;
  readonly #since: string;

  constructor(store: Store, since: string) {
    this.#store = store;
    this.#since = since;
  }

  /** Rows made in the span, or all of them, newest first, as far as the bound goes. */
  async newest<T extends Table>(table: T, span: 'all' | 'span' = 'span') {
    const rows: Stored<T>[] = [];
    const isIn = (row: Stored<T>): boolean =>
      span === 'all' || Date.parse(row.createdAt) >= Date.parse(this.#since);
    for (let page = 0; page < pagesAtMost; page += 1) {
      const after = rows.at(-1)?.id;
      const more = await this.#store.list(table, {
        newestFirst: true,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      rows.push(...more.filter(isIn));
      if (more.length < pageSize || !more.every(isIn)) return rows;
    }
    this.cut.add(table);
    return rows;
  }
}

interface Rows {
  readonly invites: readonly Stored<'invites'>[];
  readonly workspaces: readonly Stored<'workspaces'>[];
  readonly orders: readonly Stored<'orders'>[];
  readonly runtimes: readonly Stored<'runtimes'>[];
}

const isReady = (runtime: Stored<'runtimes'>): boolean =>
  runtime.receipt !== null || runtime.status === 'ready';

const peopleOf = ({ invites, workspaces, orders, runtimes }: Rows) => {
  const owners = new Set(workspaces.map(({ ownerId }) => ownerId));
  const byId = new Map(runtimes.map((runtime) => [runtime.id, runtime]));
  const ordersOf = new Map<string, Stored<'orders'>[]>();
  for (const order of orders) {
    ordersOf.set(order.userId, [...(ordersOf.get(order.userId) ?? []), order]);
  }
  return invites.flatMap(({ usedBy }): ReadonlySet<FunnelStep>[] => {
    if (usedBy === null) return [];
    const own = ordersOf.get(usedBy) ?? [];
    const machines = own.flatMap(({ runtimeId }) => byId.get(runtimeId) ?? []);
    const isPaid = own.some(({ paidAt }) => paidAt !== null);
    const steps: Record<Exclude<FunnelStep, 'invited'>, boolean> = {
      signed_up: true,
      workspace: owners.has(usedBy) || own.length > 0,
      ordered: own.length > 0,
      paid: isPaid,
      running: isPaid && machines.some((one) => wasUp.has(one.status) || isReady(one)),
      ready: isPaid && machines.some(isReady),
    };
    const names = Object.entries(steps) as readonly (readonly [FunnelStep, boolean])[];
    return [new Set(names.flatMap(([step, came]) => (came ? [step] : [])))];
  });
};

const perDayOf = (
  days: readonly string[],
  orders: readonly Stored<'orders'>[],
  tasks: readonly Stored<'tasks'>[],
): Overview['perDay'] => {
  const made = countByDay(orders.map(({ createdAt }) => createdAt));
  const paid = countByDay(orders.map(({ paidAt }) => paidAt));
  const back = countByDay(
    orders.flatMap((order) =>
      factsOf(order).refunds.flatMap(({ step, at }) => (step === 'done' ? [at] : [])),
    ),
  );
  const found = countByDay(
    tasks.flatMap(({ kind, openedAt }) => (corrections.has(kind) ? [openedAt] : [])),
  );
  return days.map((day) => ({
    day,
    orders: made.get(day) ?? 0,
    paid: paid.get(day) ?? 0,
    refunds: back.get(day) ?? 0,
    corrections: found.get(day) ?? 0,
  }));
};

const journeysOf = async (
  store: Store,
  orders: readonly Stored<'orders'>[],
  runtimes: readonly Stored<'runtimes'>[],
): Promise<readonly Journey[]> => {
  const opening = orders.filter(({ purpose }) => (purpose ?? 'open') === 'open');
  const byRuntime = new Map(opening.map((order) => [order.runtimeId, order]));
  const queue = runtimes.filter((one) => isReady(one) && byRuntime.has(one.id));
  const left = queue.slice(0, journeysAtMost);
  const journeys: Journey[] = [];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const order = byRuntime.get(one.id);
      const entries = await store.list('timeline', {
        where: { subjectId: one.id },
        orderBy: { column: 'sequence' },
        limit: pageSize,
      });
      if (order !== undefined) {
        journeys.push({ orderedAt: order.createdAt, paidAt: order.paidAt, entries });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return journeys;
};
