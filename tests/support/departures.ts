/** Ending accounts in the small world, and a power cut after any call that leaves the process. */
import type { Departures, Membership } from '#ports/departures.ts';
import { Crashed } from './memory-store.ts';
import type { World } from './world.ts';

export class MemoryDepartures implements Departures {
  readonly shutOut = new Set<string>();
  /** Users whose sessions were ended. */
  readonly signedOut: string[] = [];
  readonly #world: Pick<World, 'accounts' | 'teams'>;

  constructor(world: Pick<World, 'accounts' | 'teams'>) {
    this.#world = world;
  }

  async passwordFits(account: {
    readonly userId: string;
    readonly email: string;
    readonly password: string;
  }): Promise<boolean> {
    await Promise.resolve();
    const found = this.#world.accounts.all.get(account.userId);
    return found?.email === account.email && found.password === account.password;
  }

  async shut(userId: string): Promise<'shut' | 'missing'> {
    await Promise.resolve();
    if (!this.#world.accounts.all.has(userId)) return 'missing';
    this.shutOut.add(userId);
    this.signedOut.push(userId);
    return 'shut';
  }

  async reopen(userId: string): Promise<void> {
    await Promise.resolve();
    this.shutOut.delete(userId);
  }

  async remove(userId: string): Promise<void> {
    await Promise.resolve();
    this.#world.accounts.all.delete(userId);
    for (const members of this.#world.teams.all.values()) members.delete(userId);
  }

  async membershipsOf(userId: string): Promise<readonly Membership[]> {
    await Promise.resolve();
    return this.#all().filter((each) => each.userId === userId);
  }

  async membersOf(teamId: string): Promise<readonly Membership[]> {
    await Promise.resolve();
    return this.#all().filter((each) => each.teamId === teamId);
  }

  async leave({ teamId, membershipId }: { teamId: string; membershipId: string }): Promise<void> {
    await Promise.resolve();
    this.#world.teams.all.get(teamId)?.delete(membershipId);
  }

  async removeTeam(teamId: string): Promise<void> {
    await Promise.resolve();
    this.#world.teams.all.delete(teamId);
  }

  #all(): readonly Membership[] {
    return [...this.#world.teams.all].flatMap(([teamId, members]) =>
      [...members].map(([userId, role]) => ({
        ...{ teamId, userId, role },
        membershipId: userId,
        confirmed: true,
      })),
    );
  }
}

/** Every call of these ports is counted together; after the given one, each only says it is dead. */
export class PowerCut {
  #left: number;

  constructor(calls: number) {
    this.#left = calls;
  }

  get happened(): boolean {
    return this.#left <= 0;
  }

  #holdOut(what: string): void {
    if (this.#left <= 0) throw new Crashed(what);
  }

  wire<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          this.#holdOut('dead');
          this.#left -= 1;
          const result: unknown = await Reflect.apply(value, target, args);
          this.#holdOut('died right after this call');
          return result;
        };
      },
    });
  }
}
