/** The ports of one execution, over the simulated world. */
import { hash } from 'node:crypto';
import type { Account, Accounts, Teams } from '#ports/accounts.ts';
import type { Tickets } from '#ports/runtime.ts';
import type { ListQuery, Readers, Store, Stored } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';
import type { Execution } from './execution.ts';
import { epochMs } from './world.ts';

export const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

export const derivedId = (...parts: readonly string[]): string =>
  sha256Hex(parts.join('\u001f')).slice(0, 36);

export const simIds = (execution: Execution): Ids => ({
  newId: () => execution.world.random.hex(20),
  newToken: () => execution.world.random.hex(32),
  idFrom: derivedId,
  sha256Hex,
});

export const simClock = (execution: Execution): Clock => ({
  now: () => new Date(execution.nowMs),
  sleep: (ms) => execution.sleep(ms),
});

export const simFaults = (execution: Execution): FaultPoint => ({
  reach: (name) => execution.reach(name),
});

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const simLog = (execution: Execution): Log => {
  if (!execution.world.tracing) return silent;
  const note: Log['info'] = (event, fields) =>
    execution.world.note(execution.name, `${event} ${JSON.stringify(fields ?? {})}`);
  return { info: note, warn: note, error: note };
};

export class SimStore implements Store {
  readonly #execution: Execution;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  get<T extends TableId>(table: T, id: string): Promise<Stored<T> | null> {
    return this.#call(() => this.#rows.get(table, id));
  }

  list<T extends TableId>(table: T, query: ListQuery<T>): Promise<readonly Stored<T>[]> {
    return this.#call(() => this.#rows.list(table, query));
  }

  create<T extends TableId>(
    table: T,
    id: string,
    row: { readonly data: RowOf<T>; readonly readers: Readers },
  ): Promise<'created' | 'exists'> {
    const { data, readers } = row;
    const at = (): string => new Date(epochMs + this.#rows.writes).toISOString();
    return this.#call(() => this.#rows.create(table, id, { data, readers, createdAt: at() }));
  }

  update<T extends TableId>(
    table: T,
    target: { readonly id: string; readonly version: string },
    changes: Partial<RowOf<T>>,
  ): Promise<'updated' | 'stale' | 'missing'> {
    return this.#call(() => this.#rows.update(table, target, changes));
  }

  incrementUpTo<T extends TableId>(
    table: T,
    id: string,
    claim: { readonly column: keyof RowOf<T> & string; readonly max: number },
  ): Promise<'incremented' | 'full' | 'missing'> {
    return this.#call(() => this.#rows.incrementUpTo(table, id, claim));
  }

  delete(table: TableId, id: string): Promise<'deleted' | 'missing'> {
    return this.#call(() => this.#rows.delete(table, id));
  }

  get #rows() {
    return this.#execution.world.rows;
  }

  /** A call may fail before its effect or after it: to its caller both look alike. */
  #call<T>(effect: () => T): Promise<T> {
    const { random, weather } = this.#execution.world;
    const latencyMs = random.int(1, 30);
    if (!random.chance(weather.storeFails)) return this.#execution.call(latencyMs, effect);
    const happens = random.chance(0.5);
    return this.#execution.call(latencyMs, () => {
      if (happens) effect();
      throw new StoreUnavailable('simulated');
    });
  }
}

export const simAccounts = (execution: Execution): Accounts => ({
  create: (account) =>
    execution.call(execution.world.random.int(20, 200), () => {
      const { accounts } = execution.world;
      const isTaken = [...accounts.values()].some((other) => other.email === account.email);
      if (isTaken || accounts.has(account.userId)) return succeed('exists' as const);
      const { userId, email, name } = account;
      accounts.set(userId, { userId, email, name, labels: [] });
      return succeed('created' as const);
    }),
  get: (userId) =>
    execution.call<Account | null>(5, () => execution.world.accounts.get(userId) ?? null),
});

export const simTeams = (execution: Execution): Teams => ({
  ensure: ({ teamId, ownerId }) =>
    execution.call(20, () => {
      const { teams } = execution.world;
      const members = teams.get(teamId) ?? new Map<string, 'owner'>();
      teams.set(teamId, members.set(ownerId, 'owner'));
    }),
  roleOf: (teamId, userId) =>
    execution.call(5, () => execution.world.teams.get(teamId)?.get(userId) ?? null),
  membersOf: (teamId) =>
    execution.call(5, () => {
      const members = [...(execution.world.teams.get(teamId) ?? [])];
      return members.map(([userId, role]) => {
        const { email = '', name = '' } = execution.world.accounts.get(userId) ?? {};
        return { userId, email, name, role };
      });
    }),
  join: ({ teamId, userId, role }) =>
    execution.call(20, () => {
      const members = execution.world.teams.get(teamId);
      if (members === undefined) return 'missing';
      if (!members.has(userId)) members.set(userId, role);
      return 'joined';
    }),
  setRole: ({ teamId, userId, role }) =>
    execution.call(20, () => {
      const members = execution.world.teams.get(teamId);
      if (members?.has(userId) !== true) return 'missing';
      members.set(userId, role);
      return 'set';
    }),
  remove: ({ teamId, userId }) =>
    execution.call(20, () =>
      execution.world.teams.get(teamId)?.delete(userId) === true ? 'removed' : 'missing',
    ),
});

export const simTickets = (execution: Execution): Tickets => ({
  mint: async ({ runtimeId, lifeSeconds }) => ({
    token: `ticket-${runtimeId}`,
    expiresAt: new Date(execution.nowMs + lifeSeconds * 1_000),
  }),
});
