/**
 * Updates of OpenClaw: the rings they go through, how far one runtime's has come, and what its
 * members may choose. Shared by rows, functions and pages.
 */
import * as z from 'zod/mini';

/** In this order; a ring begins when those before it have shown that the version works. */
export const updateRings = ['canary', 'half', 'all'] as const;
export type UpdateRing = (typeof updateRings)[number];

/**
 * planned: it has a time. applying: the new image is being brought up and tried. returning: the old
 * image with the old state is. done, rolled_back: how the newest one ended.
 */
export const updateStates = ['planned', 'applying', 'returning', 'done', 'rolled_back'] as const;
export type UpdateState = (typeof updateStates)[number];

/** target: a ring was given a newer version. floor: its version is not safe. operator: by hand. */
export const updateReasons = ['target', 'floor', 'operator'] as const;
export type UpdateReason = (typeof updateReasons)[number];

/** Why an update went back. Each has a text in the site's copy. */
export const updateFailures = [
  'not_deployed',
  'deploy_failed',
  'not_reachable',
  'verify_failed',
  'exposed',
  /** What runs says another version than the target's. */
  'version_differs',
  'login_lost',
  'smoke_failed',
  'by_operator',
] as const;
export type UpdateFailure = (typeof updateFailures)[number];

/** An OpenClaw release: a date, without a suffix. */
export const releaseVersion = z.string().check(z.regex(/^\d{4}\.\d{1,2}\.\d{1,3}$/));

const image = z.string().check(z.minLength(1), z.maxLength(200));

/** JSON column `update` of `runtimes`. Times are ISO. */
export const updateRecord = z.object({
  updateId: z.string(),
  why: z.enum(updateReasons),
  from: z.object({ image, version: z.nullable(z.string()) }),
  to: z.object({ image, version: z.string() }),
  /** Not before: its notice has had its hours by then. */
  earliestAt: z.string(),
  startsAt: z.string(),
  /** No hold reaches beyond; null = it may be held. */
  latestAt: z.nullable(z.string()),
  startedAt: z._default(z.nullable(z.string()), null),
  /** Deployments that were asked for before it began. */
  attemptBefore: z._default(z.number(), 0),
  /** It had a login when it began, so that it has to answer with it afterwards. */
  hadLogin: z._default(z.boolean(), false),
  smokes: z._default(z.number(), 0),
  returnedAt: z._default(z.nullable(z.string()), null),
  failure: z._default(z.nullable(z.enum(updateFailures)), null),
  endedAt: z._default(z.nullable(z.string()), null),
  /** A real turn answered on the new version. */
  proven: z._default(z.boolean(), false),
});
export type UpdateRecord = z.infer<typeof updateRecord>;

/** Korean nights first. */
export const defaultQuiet = { hour: 4, timeZone: 'Asia/Seoul' } as const;
/** An update begins within this long after its hour, or at the same hour of another day. */
export const quietWindowHours = 2;
/** Longest hold at once; it can be held again. */
export const holdDaysAtMost = 60;
/** After an update ended, its copy of the state is there for so long. */
export const copyKeptDays = 3;

/** Offered first, in this order; any other zone the browser knows may be chosen too. */
export const timeZonesOffered = [
  'Asia/Seoul',
  'Asia/Tokyo',
  'Asia/Singapore',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'UTC',
] as const;

export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};
