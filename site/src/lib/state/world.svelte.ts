/**
 * The rows this user may read, kept fresh: a realtime message, a new socket, a tab that comes back
 * and the poll all mean the same: look again. One read at a time; a wish during a read is one more
 * read after it.
 */
import { createContext } from 'svelte';
import type { Ability } from '#schemas/contract/roles.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { Failure } from '../api/failure.ts';
import type { Rows } from '../api/reader.ts';
import type { Watch } from '../api/realtime.ts';
import { pollDelayMs } from '../flow/polling.ts';
import { mayDo, roleIn } from '../flow/role.ts';
import type { App } from './app.svelte.ts';

const nothing: Rows = { workspaces: [], orders: [], runtimes: [], roles: [] };
/** What one change is told by comes together. */
const firstGatherMs = 20;
/** A burst of messages is a look at its first one, and one after each look. */
const gatherMs = 150;
const lineEvents = ['pageshow', 'online', 'offline'] as const;

export class World {
  rows = $state.raw<Rows>(nothing);
  loaded = $state(false);
  failure = $state.raw<Failure | null>(null);
  /** Counts the looks that succeeded, for what is read beside the rows. */
  looks = $state(0);

  readonly #app: App;
  #busy = false;
  #listening = false;
  #failures = 0;
  #reading = false;
  #wanted = false;
  #started = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: Watch | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  roleIn(workspaceId: string): WorkspaceRole | null {
    return roleIn(this.rows, workspaceId, this.#app.user?.id ?? '');
  }

  may(workspaceId: string, ability: Ability): boolean {
    return mayDo(this.roleIn(workspaceId), ability);
  }

  /** Returns what ends it. */
  start(): () => void {
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') this.look();
    };
    // A page that comes back whole (the browser's back button) missed what came meanwhile, and a
    // line that is lost or back is seen at once, not at the next poll.
    const onLine = (): void => this.look();
    document.addEventListener('visibilitychange', onVisible);
    this.#started = true;
    for (const name of lineEvents) addEventListener(name, onLine);
    void this.#read();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
      this.#watch?.close();
      document.removeEventListener('visibilitychange', onVisible);
      for (const name of lineEvents) removeEventListener(name, onLine);
    };
  }

  look(): void {
    if (this.#reading) this.#wanted = true;
    else this.#schedule(firstGatherMs);
  }

  /** While something is in progress the poll is short. */
  setBusy(busy: boolean): void {
    if (busy === this.#busy) return;
    this.#busy = busy;
    if (!this.#reading && this.loaded) this.#schedule(pollDelayMs(busy, this.#failures));
  }

  /** When what was read is painted: listening needs the SDK, which would stand in its way. */
  async listen(): Promise<void> {
    // A gallery's world is never started, and has nobody to listen to.
    if (this.#listening || !this.#started) return;
    this.#listening = true;
    try {
      const gateway = await this.#app.gateway();
      if (!this.#stopped) this.#watch = gateway.watch(() => this.look());
    } catch {
      // The poll stands behind, and the next paint tries again.
      this.#listening = false;
    }
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#read(), delayMs);
  }

  async #read(): Promise<void> {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    this.#wanted = false;
    const outcome = await this.#app.read((reader) => reader.rows(this.#app.user?.id ?? ''));
    this.#reading = false;
    if (outcome.ok) this.#take(outcome.value);
    this.failure = outcome.ok ? null : outcome.error;
    this.#failures = outcome.ok ? 0 : this.#failures + 1;
    this.#schedule(this.#isWanted() ? gatherMs : pollDelayMs(this.#busy, this.#failures));
  }

  /** Somebody asked while the read was under way. */
  #isWanted(): boolean {
    return this.#wanted;
  }

  /** Equal rows change nothing, so a settled page does not redraw. */
  #take(rows: Rows): void {
    this.loaded = true;
    this.looks += 1;
    if (JSON.stringify(rows) !== JSON.stringify(this.rows)) this.rows = rows;
  }
}

export const [useWorld, provideWorld] = createContext<World>();
