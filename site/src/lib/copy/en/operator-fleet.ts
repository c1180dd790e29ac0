/** English: all runtimes at once. */
import type {
  fleetOverview,
  FleetRisk,
  FleetSort,
  TermCounts,
} from '#schemas/contract/operator-fleet.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { actOnFleet } from '#schemas/contract/operator-fleet.ts';
import type { SuspensionReason } from '#schemas/contract/terms.ts';

type Outcome = ValueOf<typeof actOnFleet>['results'][number]['outcome'];
type Column = 'choose' | 'risks' | 'runtime' | 'failures' | 'status' | 'ring';
type Columns = Readonly<
  Record<Column | 'version' | 'disk' | 'memory' | 'backup' | 'paidUntil', string>
>;
export type Fleet = ValueOf<typeof fleetOverview>;

export const fleet = {
  title: 'Fleet',
  lede: 'Every runtime that is not deleted, those at risk first. As our own records have it: nothing is asked of Dokploy for this list.',
  empty: 'No runtime fits.',
  search: 'Name, address, version or id',
  risk: 'At risk',
  sort: 'Order',
  find: 'Find',
  everyRuntime: 'all runtimes',
  anyRisk: 'whatever it is',
  risks: {
    below_floor: 'below the safe version',
    failing: 'failing',
    disk_full: 'disk over 85 %',
    memory_full: 'memory nearly full',
    login_failing: 'login failed',
    login_expiring: 'login ends soon',
    backup_overdue: 'backup overdue',
    charge_missed: 'charge missed',
    term_ending: 'term ends',
  } satisfies Record<FleetRisk, string>,
  renewals: { automatic: 'renews by itself', missed: 'renews by itself, charge missed' },
  sorts: {
    risk: 'worst first',
    name: 'by name',
    version: 'oldest version first',
    disk: 'fullest disk first',
    memory: 'most memory first',
    backup: 'oldest backup first',
    term: 'by the end of the term',
  } satisfies Record<FleetSort, string>,
  columns: {
    choose: 'Select',
    runtime: 'Runtime',
    risks: 'At risk',
    status: 'Status',
    version: 'OpenClaw',
    ring: 'Ring',
    disk: 'Disk',
    memory: 'Memory',
    backup: 'Proven backup',
    paidUntil: 'Paid until',
    failures: 'Failures',
  } satisfies Columns,
  stopped: {
    unpaid: 'unpaid',
    refunded: 'refunded',
    operator: 'by an operator',
    customer: 'paused',
    leaving: 'being deleted by its owner',
  } satisfies Record<SuspensionReason, string>,
  total: 'Runtimes',
  shown: (total: number, found: number) => `${total}, of which ${found} fit`,
  cut: '(there are more than are looked at here)',
  atRisk: 'At risk',
  noRisk: 'none',
  termsTitle: 'Terms',
  terms: {
    paid: 'paid',
    reminder: 'last week',
    grace: 'grace',
    unpaid: 'stopped, unpaid',
    paused: 'paused',
    stopped: 'stopped',
  } satisfies Record<keyof TermCounts, string>,
  versions: 'Versions',
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  before: 'Back',
  next: 'On',
  selected: (count: number) => (count === 1 ? '1 selected' : `${count} selected`),
  action: 'Action',
  look: 'Look what would happen…',
  clear: 'Select none',
  dialog: (title: string, count: number) =>
    `${title}: ${count === 1 ? '1 runtime' : `${count} runtimes`}`,
  would: (would: number, all: number) => `It can be done with ${would} of ${all}:`,
  came: 'What came of it:',
  outcomes: {
    would: 'would be done',
    done: 'asked for',
    refused: 'not possible',
    not_begun: 'not begun, ask again',
  } satisfies Record<Outcome, string>,
  left: (count: number) => `${count} more in this clock hour, for all operators together.`,
  confirmation: (text: string) => `Type this to confirm: ${text}`,
  acted: (title: string, done: number, all: number) => `${title}: asked for ${done} of ${all}.`,
};
