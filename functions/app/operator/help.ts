/**
 * Everything the operator function can be asked for, each with a body that works as it stands: the
 * ids in the samples are those of the newest rows. Reads one row a kind and changes nothing.
 */
import { tenantIdOf } from '#core/billing/document.ts';
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import { exampleIds, helpEntries } from '#schemas/contract/operator-help.ts';
import type { HelpEntry } from '#schemas/contract/operator-help.ts';

export interface Help {
  readonly how: string;
  readonly effects: Readonly<Record<HelpEntry['effect'], string>>;
  readonly operations: readonly {
    readonly path: string;
    readonly what: string;
    readonly effect: HelpEntry['effect'];
    readonly body: object;
  }[];
}

const how =
  'POST the body to the path. Console: Functions → operator → Execute. CLI: appwrite functions ' +
  "create-execution --function-id operator --method POST --path /tasks/list --body '{}'";

const effects = {
  reads: 'changes nothing',
  writes: 'as it stands, it changes rows of this installation and nothing else',
  asks: 'as it stands, it asks PayApp or Dokploy for something that can be undone',
  guarded: 'as it stands, it is refused until "confirmation" is the id itself',
} as const;

/** What a sample gets: the id in the place of the example, and fields that go with that row. */
interface Known {
  readonly id: string;
  readonly also: object;
}

/** Newest row of each kind by the example that stands for it; where there is none it stays. */
const newestRows = async (store: Store): Promise<ReadonlyMap<string, Known>> => {
  const newest = { newestFirst: true, limit: 1 } as const;
  const [[order], [runtime], [task], [invite], [document], [request]] = await Promise.all([
    store.list('orders', newest),
    store.list('runtimes', newest),
    store.list('tasks', newest),
    store.list('invites', newest),
    store.list('tenant_billing', newest),
    store.list('billing_requests', newest),
  ]);
  const found: readonly (readonly [string, string | undefined, object])[] = [
    [exampleIds.orderId, order?.id, { revision: order?.revision }],
    [exampleIds.runtimeId, runtime?.id, { revision: runtime?.revision }],
    [exampleIds.taskId, task?.id, {}],
    [exampleIds.inviteId, invite?.id, {}],
    [exampleIds.tenantId, document && tenantIdOf(document), {}],
    [exampleIds.documentId, document?.id, { amountKrw: document?.priceKrw }],
    [exampleIds.requestId, request?.id, {}],
  ];
  return new Map(
    found.flatMap(([name, id, also]) => (id === undefined ? [] : [[name, { id, also }] as const])),
  );
};

/** Fields are only filled, never added. */
const filled = (sample: object, known: ReadonlyMap<string, Known>): object => {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(sample);
  const rows = entries.flatMap(([, value]) => known.get(String(value)) ?? []);
  const also = new Map(rows.flatMap((row) => Object.entries(row.also)));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      known.get(String(value))?.id ?? (also.get(name) as unknown) ?? value,
    ]),
  );
};

export const answerHelp = async (deps: { readonly store: Store }): Promise<Result<Help>> => {
  const known = await newestRows(deps.store);
  const operations = helpEntries.map(({ operation, what, effect, sample }) => ({
    path: operation.path,
    what,
    effect,
    body: filled(sample, known),
  }));
  return succeed({ how, effects, operations });
};
