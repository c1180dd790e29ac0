/**
 * Everything the operator function can be asked for, each with a body that works as it stands: the
 * ids in the samples are those of the newest rows. Reads one row a kind and changes nothing.
 */
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
  guarded: 'as it stands, it is refused until "confirmation" is the id itself',
} as const;

/** Newest row of each kind by the example that stands for it; where there is none it stays. */
const newestIds = async (store: Store): Promise<ReadonlyMap<string, Known>> => {
  const newest = { newestFirst: true, limit: 1 } as const;
  const [[order], [runtime], [task], [invite], [tenant]] = await Promise.all([
    store.list('orders', newest),
    store.list('runtimes', newest),
    store.list('tasks', newest),
    store.list('invites', newest),
    store.list('tenant_billing', newest),
  ]);
  const found: readonly (readonly [string, Known | undefined])[] = [
    [exampleIds.orderId, order],
    [exampleIds.runtimeId, runtime],
    [exampleIds.taskId, task],
    [exampleIds.inviteId, invite],
    [exampleIds.tenantId, tenant],
  ];
  return new Map(found.flatMap(([name, row]) => (row === undefined ? [] : [[name, row]])));
};

interface Known {
  readonly id: string;
  readonly revision?: number;
}

const filled = (sample: object, known: ReadonlyMap<string, Known>): object => {
  let revision: number | undefined;
  const entries = Object.entries(sample).map(([name, value]: [string, unknown]) => {
    const row = typeof value === 'string' ? known.get(value) : undefined;
    revision ??= row?.revision;
    return [name, row?.id ?? value] as const;
  });
  const body = Object.fromEntries(entries);
  return 'revision' in body && revision !== undefined ? { ...body, revision } : body;
};

export const answerHelp = async (deps: { readonly store: Store }): Promise<Result<Help>> => {
  const known = await newestIds(deps.store);
  const operations = helpEntries.map(({ operation, what, effect, sample }) => ({
    path: operation.path,
    what,
    effect,
    body: filled(sample, known),
  }));
  return succeed({ how, effects, operations });
};
