/** English: how it goes, in figures; every plot is told in words too. */
import type {
  FunnelStep,
  overviewTables,
  ReadyPhase,
} from '#schemas/contract/operator-overview.ts';

export const overview = {
  title: 'Overview',
  lede: (days: number) => `The last ${days} days, in Korean time.`,
  days: 'Days',
  daysOf: (days: number) => `${days} days`,
  empty: 'Loading the figures…',
  cut: (tables: string) =>
    `Only the newest rows were read of: ${tables}. Older ones are not counted.`,
  tables: {
    invites: 'invites',
    workspaces: 'workspaces',
    orders: 'orders',
    runtimes: 'runtimes',
    tasks: 'tasks',
  } satisfies Record<(typeof overviewTables)[number], string>,
  numbers: 'As numbers',
  none: 'nothing yet',
  funnel: {
    title: 'From invite to ready',
    lede: 'People whose invite was made in this time, and how far they came.',
    step: 'Step',
    people: 'People',
    share: 'of all invited',
    steps: {
      invited: 'invited',
      signed_up: 'signed up',
      workspace: 'made a workspace',
      ordered: 'ordered',
      paid: 'paid',
      running: 'runtime ran',
      ready: 'ready',
    } satisfies Record<FunnelStep, string>,
    told: (invited: number, ready: number) => `Of ${invited} invited, ${ready} came to ready.`,
  },
  times: {
    title: 'Time to ready',
    lede: 'Half were faster than the first mark (p50), nineteen of twenty faster than the second (p95). The axis is logarithmic.',
    phase: 'Phase',
    count: 'Measured',
    p50: 'p50',
    p95: 'p95',
    phases: {
      payment: 'order → paid',
      setup: 'paid → runs',
      login: 'runs → logged in',
      smoke: 'logged in → ready',
      whole: 'paid → ready',
    } satisfies Record<ReadyPhase, string>,
    told: (count: number, p50: string, p95: string) =>
      `From paid to ready, measured ${count} times: p50 ${p50}, p95 ${p95}.`,
    toldNone: 'No runtime became ready in this time.',
  },
  perDay: {
    title: 'By day',
    day: 'Day',
    orders: 'Orders',
    paid: 'Paid',
    refunds: 'Refunds',
    corrections: 'Reconciler’s corrections',
    correctionsLede: 'What was found otherwise than it was left. This should be flat.',
    told: (name: string, sum: number, most: number, day: string) =>
      `${name}: ${sum} in all, at most ${most} on ${day}.`,
    toldNone: (name: string) => `${name}: none.`,
  },
  runtimes: {
    title: 'Runtimes by state',
    state: 'State',
    count: 'Runtimes',
    told: (sum: number) => `${sum} runtimes in all.`,
  },
  tasks: {
    title: 'Open tasks',
    none: 'None is open.',
    oldest: (kind: string, age: string) => `Oldest: ${kind}, for ${age}`,
    more: '100 or more',
  },
};
