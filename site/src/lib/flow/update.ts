/** What a page shows of a runtime's updates. Pure. */
import type { RuntimeRow } from '#schemas/contract/rows.ts';
import { defaultQuiet, timeZonesOffered, updateRecord } from '#schemas/contract/updates.ts';
import type { UpdateRecord, UpdateState } from '#schemas/contract/updates.ts';

export interface UpdateStanding {
  readonly state: UpdateState;
  readonly update: UpdateRecord;
}

const dayMs = 24 * 60 * 60_000;
/** What ended longer ago is no news. */
const newsDays = 14;

/** Null: there is nothing to say. */
export const standingOf = (
  { update: text, updateState: state }: Pick<RuntimeRow, 'update' | 'updateState'>,
  nowMs: number,
): UpdateStanding | null => {
  if (text === null || state === null) return null;
  const update = parse(text);
  if (update === null) return null;
  const isOld = update.endedAt !== null && nowMs - Date.parse(update.endedAt) > newsDays * dayMs;
  return isOld ? null : { state, update };
};

const parse = (text: string): UpdateRecord | null => {
  try {
    return updateRecord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
};

export const holdDays = { none: 0, week: 7, fortnight: 14, month: 30 } as const;
export type Hold = keyof typeof holdDays | 'kept';

export interface UpdateTimes {
  readonly quietHour: number;
  readonly timeZone: string;
  /** ISO; null = not held, or not any more. */
  readonly heldUntil: string | null;
}

export const timesOf = (
  row: Pick<RuntimeRow, 'quietHour' | 'timeZone' | 'updatesHeldUntil'>,
  nowMs: number,
): UpdateTimes => {
  const held = row.updatesHeldUntil;
  return {
    quietHour: row.quietHour ?? defaultQuiet.hour,
    timeZone: row.timeZone ?? defaultQuiet.timeZone,
    heldUntil: held !== null && Date.parse(held) > nowMs ? held : null,
  };
};

/** `kept`: the hold that is there stays. */
export const heldUntil = (hold: Hold, times: UpdateTimes, nowMs: number): string | null => {
  if (hold === 'kept') return times.heldUntil;
  const days = holdDays[hold];
  return days === 0 ? null : new Date(nowMs + days * dayMs).toISOString();
};

/** Those offered first, then the one that was chosen and the browser's own. */
export const zonesFor = (chosen: string, own: string): readonly string[] => [
  ...new Set<string>([...timeZonesOffered, chosen, own]),
];
