/**
 * The release that is in roll-out and how the fleet stands with it, for one execution: read when first
 * asked for, counted on as this execution begins updates. Rings that have shown enough are written
 * down as proven, so that later executions need not look at the whole fleet for it.
 */
import {
  gateOf,
  isLeftWithout,
  isProven,
  isStoppedByFailures,
  reportOf,
} from '#core/update/fleet.ts';
import type { Member } from '#core/update/fleet.ts';
import { ringOf, targetOf } from '#core/update/ring.ts';
import type { Gate } from '#core/update/update.ts';
import { pagesOf } from '#app/pages.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { TaskDeps } from '#app/tasks/raise-task.ts';
import type { Store, Stored } from '#ports/store.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import type { UpdateRecord, UpdateRing } from '#schemas/contract/updates.ts';
import { readJson } from '#schemas/record/json.ts';
import {
  newestUpdate,
  noRelease,
  release as releaseSchema,
  releaseRow,
} from '#schemas/record/update.ts';
import type { Release } from '#schemas/record/update.ts';

type Runtime = Stored<'runtimes'>;

export const updateOf = ({ update }: Pick<Runtime, 'update'>): UpdateRecord | null =>
  readJson(newestUpdate, update, null);

export const readRelease = async (store: Pick<Store, 'get'>): Promise<Release> => {
  const row = await store.get('settings', releaseRow);
  return readJson(releaseSchema, row?.value ?? null, noRelease);
};

/** Compare and set; null: somebody else wrote meanwhile. */
export const writeRelease = async (
  store: Store,
  change: (known: Release) => Release,
): Promise<Release | null> => {
  const row = await store.get('settings', releaseRow);
  const release = change(readJson(releaseSchema, row?.value ?? null, noRelease));
  const value = JSON.stringify(release);
  if (row?.value === value) return release;
  const outcome =
    row === null
      ? await store.create('settings', releaseRow, { data: { value }, readers: 'functions' })
      : await store.update('settings', { id: row.id, version: row.version }, { value });
  return outcome === 'created' || outcome === 'updated' ? release : null;
};

export const memberOf = (row: Runtime, ownImage: string): Member => {
  const update = updateOf(row);
  return {
    ring: ringOf(row.id, row.ring),
    runs: row.desired === 'running',
    status: row.status,
    image: row.openclawImage ?? ownImage,
    state: row.updateState,
    to: update?.to.image ?? null,
    endedAtMs: update?.endedAt == null ? 0 : Date.parse(update.endedAt),
  };
};

/** What was stopped after its update had gone back: that counts for its ring all the same. */
export const failedAndStopped = async (store: Store): Promise<Runtime[]> => {
  const stopped = await pagesOf(store, 'runtimes', { desired: 'suspended' });
  return stopped.filter(
    ({ updateState }) => updateState === 'returning' || updateState === 'rolled_back',
  );
};

const membersOf = async (store: Store, ownImage: string): Promise<Member[]> => {
  const running = await pagesOf(store, 'runtimes', { desired: 'running' });
  const rows = [...running, ...(await failedAndStopped(store))];
  return rows.map((row) => memberOf(row, ownImage));
};

export class Releases {
  readonly #deps: TaskDeps;
  readonly #ownImage: string;
  #release: Promise<Release> | null = null;
  #members: Promise<Member[]> | null = null;
  #begun: UpdateRing[] = [];

  constructor(deps: TaskDeps, ownImage: string) {
    this.#deps = deps;
    this.#ownImage = ownImage;
  }

  current(): Promise<Release> {
    this.#release ??= this.#settle();
    return this.#release;
  }

  async gate(ring: UpdateRing): Promise<Gate> {
    const release = await this.current();
    if (targetOf(release, ring) === null) return 'closed';
    const members = await this.#fleet();
    const begun = this.#begun.map((one): Member => ({ ...underWay, ring: one }));
    return gateOf(release, ring, [...members, ...begun]);
  }

  /** This execution began one of that ring. */
  begun(ring: UpdateRing): void {
    this.#begun.push(ring);
  }

  #fleet(): Promise<Member[]> {
    this.#members ??= membersOf(this.#deps.store, this.#ownImage);
    return this.#members;
  }

  /** Writes down what the rings have shown since, and tells a person of one that stopped. */
  async #settle(): Promise<Release> {
    const release = await readRelease(this.#deps.store);
    const open = updateRings.filter((ring) => release[ring] !== null && !isAtRest(release, ring));
    if (open.length === 0) return release;
    const members = await this.#fleet();
    const now = this.#deps.clock.now();
    const proven = open.filter((ring) => {
      const pin = release[ring];
      return pin !== null && isProven(reportOf(members, ring, pin), pin, now.getTime());
    });
    for (const ring of open) await this.#tellOfHalt(release, ring, members);
    if (proven.length === 0) return release;
    const written = await writeRelease(this.#deps.store, (known) =>
      withProven(known, { proven, seen: release, at: now.toISOString() }),
    );
    for (const ring of proven) {
      this.#deps.log.info('update.ring_proven', { ring, version: release[ring]?.version ?? '' });
    }
    return written ?? release;
  }

  async #tellOfHalt(release: Release, ring: UpdateRing, members: readonly Member[]): Promise<void> {
    const pin = release[ring];
    if (pin === null) return;
    const report = reportOf(members, ring, pin);
    const isStopped = isStoppedByFailures(report);
    if (!isStopped && !isLeftWithout(report)) return;
    const wentBack = isStopped ? report.failed : report.wentBack + report.failedAndStopped;
    await raiseTask(this.#deps, {
      kind: isStopped ? 'update_ring_stopped' : 'update_ring_waits',
      subjectId: ring,
      mulNo: '',
      about: `${pin.image} ${pin.resumedAt ?? pin.setAt}`,
      detail: { ring, version: pin.version, failed: wentBack },
    });
  }
}

const underWay: Omit<Member, 'ring'> = {
  runs: true,
  status: 'running',
  image: '',
  state: 'applying',
  to: null,
  endedAtMs: 0,
};

const isAtRest = (release: Release, ring: UpdateRing): boolean => {
  const pin = release[ring];
  return pin === null || pin.provenAt !== null || pin.stoppedAt !== null;
};

/** Only of the very pin that was looked at. */
const withProven = (
  known: Release,
  found: {
    readonly proven: readonly UpdateRing[];
    readonly seen: Release;
    readonly at: string;
  },
): Release => {
  const marked = found.proven.flatMap((ring) => {
    const pin = known[ring];
    const isSame = pin !== null && pin.setAt === found.seen[ring]?.setAt;
    return isSame ? [[ring, { ...pin, provenAt: found.at }] as const] : [];
  });
  return { ...known, ...Object.fromEntries(marked) };
};
