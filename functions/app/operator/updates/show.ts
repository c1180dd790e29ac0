/** How the roll-out stands: targets, the floor, each ring, and the updates a person may ask about. */
import { floorVersion } from '#app/updates/floor.ts';
import { failedAndStopped, memberOf, readRelease, updateOf } from '#app/updates/releases.ts';
import { pagesOf } from '#app/pages.ts';
import { isLeftWithout, isStoppedByFailures, reportOf } from '#core/update/fleet.ts';
import type { Member, RingReport } from '#core/update/fleet.ts';
import { ringOf, ringsAwaited, targetOf } from '#core/update/ring.ts';
import { isBelow } from '#core/update/version.ts';
import type { Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type {
  RingHalt,
  RingView,
  showUpdates as showOperation,
  UpdateView,
} from '#schemas/contract/operator-updates.ts';
import type { UpdateRing, UpdateState } from '#schemas/contract/updates.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import type { Release } from '#schemas/record/update.ts';
import { runningVersion } from './change.ts';
import type { UpdatesDeps } from './change.ts';

const shownAtMost = 50;
const hourMs = 60 * 60_000;

export const showUpdates = async (
  deps: UpdatesDeps,
): Promise<Result<ValueOf<typeof showOperation>>> => {
  const release = await readRelease(deps.store);
  const rows = await pagesOf(deps.store, 'runtimes', { desired: 'running' });
  const counted = [...rows, ...(await failedAndStopped(deps.store))];
  const members = counted.map((row) => memberOf(row, deps.own.image));
  const floor = floorVersion(deps.own.floor, release);
  const below = rows.filter((row) => isBelow(runningVersion(row), floor)).length;
  return succeed({
    floor: release.floor === null ? null : { ...viewOfFloor(release.floor), below },
    ownFloor: deps.own.floor,
    rings: updateRings.map((ring) => viewOfRing(release, ring, members)),
    updates: rows
      .flatMap(viewOfUpdate)
      .toSorted((left, right) => rankOf(left.state) - rankOf(right.state))
      .slice(0, shownAtMost),
  });
};

const viewOfFloor = ({ version, raisedAt, graceHours }: NonNullable<Release['floor']>) => ({
  version,
  raisedAt,
  holdsEndAt: new Date(Date.parse(raisedAt) + graceHours * hourMs).toISOString(),
});

const nothing: RingReport = {
  members: 0,
  proven: 0,
  kept: 0,
  underWay: 0,
  planned: 0,
  failed: 0,
  failedAndStopped: 0,
  wentBack: 0,
  left: 0,
  coming: 0,
  newestEndMs: 0,
};

const viewOfRing = (release: Release, ring: UpdateRing, members: readonly Member[]): RingView => {
  const pin = targetOf(release, ring);
  const count = members.filter((member) => member.runs && member.ring === ring).length;
  const report = pin === null ? { ...nothing, members: count } : reportOf(members, ring, pin);
  const { proven, planned, underWay, failed } = report;
  const { image = '', version = '', setAt = '', noticeHours = 0 } = pin ?? {};
  return {
    ring,
    target: pin === null ? null : { image, version, setAt, noticeHours },
    provenAt: pin?.provenAt ?? null,
    halt: haltOf(release, ring, report),
    ...{ members: count, proven, planned, underWay, failed },
  };
};

const haltOf = (release: Release, ring: UpdateRing, report: RingReport): RingHalt => {
  const pin = targetOf(release, ring);
  if (pin === null) return 'no_target';
  if (release[ring]?.stoppedAt != null) return 'stopped_by_operator';
  if (isStoppedByFailures(report)) return 'stopped_by_failures';
  if (ringsAwaited(release, ring, pin.image).length > 0) return 'waits_for_earlier_ring';
  return pin.provenAt === null && isLeftWithout(report) ? 'all_went_back' : 'none';
};

const order: readonly UpdateState[] = ['returning', 'applying', 'rolled_back', 'planned', 'done'];
const rankOf = (state: UpdateState): number => order.indexOf(state);

const viewOfUpdate = (row: Stored<'runtimes'>): readonly UpdateView[] => {
  const update = updateOf(row);
  if (update === null || row.updateState === null) return [];
  const { why, startsAt, endedAt, failure } = update;
  const [from, to] = [update.from.version, update.to.version];
  const { id: runtimeId, name, updateState: state } = row;
  const ring = ringOf(row.id, row.ring);
  return [{ runtimeId, name, ring, state, why, from, to, startsAt, endedAt, failure }];
};
