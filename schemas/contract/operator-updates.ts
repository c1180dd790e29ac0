/** operator: which OpenClaw each ring runs, the lowest safe version, and how the roll-out stands. */
import * as z from 'zod/mini';
import { id, isoTime } from './common.ts';
import { operation } from './operation.ts';
import {
  releaseVersion,
  updateFailures,
  updateReasons,
  updateRings,
  updateStates,
} from './updates.ts';

const reason = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
const dryRun = z._default(z.boolean(), true);

/** Why a ring begins nothing. */
export const ringHalts = [
  'none',
  'no_target',
  'stopped_by_operator',
  'stopped_by_failures',
  /** Fewer than stop it, and nobody has it: nothing follows by itself. */
  'all_went_back',
  'waits_for_earlier_ring',
] as const;
export type RingHalt = (typeof ringHalts)[number];

const ringView = z.object({
  ring: z.enum(updateRings),
  /** What it is to run; null = nothing was set, it runs what it runs. */
  target: z.nullable(
    z.object({ image: z.string(), version: z.string(), setAt: isoTime, noticeHours: z.number() }),
  ),
  provenAt: z.nullable(isoTime),
  halt: z.enum(ringHalts),
  members: z.int(),
  /** Of them on the target and ready. */
  proven: z.int(),
  planned: z.int(),
  underWay: z.int(),
  failed: z.int(),
});
export type RingView = z.infer<typeof ringView>;

const updateView = z.object({
  runtimeId: id,
  name: z.string(),
  ring: z.enum(updateRings),
  state: z.enum(updateStates),
  why: z.enum(updateReasons),
  from: z.nullable(z.string()),
  to: z.string(),
  startsAt: isoTime,
  endedAt: z.nullable(isoTime),
  failure: z.nullable(z.enum(updateFailures)),
});
export type UpdateView = z.infer<typeof updateView>;

export const showUpdates = operation({
  function: 'operator',
  path: '/updates/show',
  body: z.object({}),
  value: z.object({
    floor: z.nullable(
      z.object({ version: z.string(), raisedAt: isoTime, holdsEndAt: isoTime, below: z.int() }),
    ),
    /** The installation's own, below which nothing is handed over. */
    ownFloor: z.string(),
    rings: z.array(ringView),
    /** Under way first, then what went back, then what is planned; bounded. */
    updates: z.array(updateView),
  }),
});

/** `affected`: runtimes that would have to be updated by it, as they stand now. */
const answer = z.object({ dryRun: z.boolean(), affected: z.int() });

/**
 * What a ring is to run: an image by digest, and the version it is. Never below what the ring has or
 * below the floor. Nobody is updated before the rings before it have shown that it works.
 */
export const setTarget = operation({
  function: 'operator',
  path: '/updates/target',
  body: z.object({
    ring: z.enum(updateRings),
    image: z.string().check(z.trim(), z.regex(/^[a-zA-Z0-9][\w./:@-]{0,199}$/)),
    version: releaseVersion,
    /** Between the notice and the update. */
    noticeHours: z._default(z.int().check(z.minimum(0), z.maximum(336)), 24),
    /** Between the last proof of this ring and the next ring. */
    soakMinutes: z._default(z.int().check(z.minimum(0), z.maximum(20_160)), 360),
    reason,
    dryRun,
  }),
  value: answer,
});

/**
 * The lowest safe version. Whatever is below it is not `ready` any more and is updated, held or not,
 * within `graceHours`. The first ring must have a target that is not below it. It never goes down.
 */
export const raiseFloor = operation({
  function: 'operator',
  path: '/updates/floor',
  body: z.object({
    version: releaseVersion,
    graceHours: z._default(z.int().check(z.minimum(0), z.maximum(720)), 72),
    reason,
    dryRun,
  }),
  value: answer,
});

/** stop: begins nothing more. resume: also forgets the failures so far. */
export const haltRing = operation({
  function: 'operator',
  path: '/updates/ring',
  body: z.object({ ring: z.enum(updateRings), action: z.enum(['stop', 'resume']), reason, dryRun }),
  value: answer,
});

/** Puts a runtime into a ring; null: back into the one that its id says. */
export const chooseRing = operation({
  function: 'operator',
  path: '/updates/choose-ring',
  body: z.object({ runtimeId: id, ring: z.nullable(z.enum(updateRings)), reason, dryRun }),
  value: z.object({ dryRun: z.boolean(), ring: z.enum(updateRings) }),
});
