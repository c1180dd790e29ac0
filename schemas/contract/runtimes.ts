/** runtime: signed-in members. Guarded commands; each carries the revision its caller saw. */
import * as z from 'zod/mini';
import { backupReport } from './agent-backup.ts';
import { restoreReport } from './agent-restore.ts';
import { displayName, id, revision } from './common.ts';
import { operation } from './operation.ts';
import { isTimeZone } from './updates.ts';

const target = { runtimeId: id, revision };

/** Asks for a fresh verification; the result arrives on the runtime's row. */
export const verifyRuntime = operation({
  function: 'runtime',
  path: '/verify',
  body: z.object(target),
  value: z.object({ revision }),
});

/**
 * Starts a Codex login on the tenant. The browser opens `authorizeUrl`, and hands the address it
 * ends on directly to `callbackEndpoint` with `callbackTicket` as bearer, never to us.
 */
export const startCodex = operation({
  function: 'runtime',
  path: '/codex/start',
  body: z.object(target),
  value: z.object({
    attemptId: z.string(),
    authorizeUrl: z.url(),
    expiresAt: z.string(),
    callbackEndpoint: z.url(),
    callbackTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/** A fresh ticket for a login that is still open (tickets live two minutes, logins 25). */
export const codexTicket = operation({
  function: 'runtime',
  path: '/codex/ticket',
  body: z.object({ runtimeId: id, attemptId: z.string().check(z.maxLength(64)) }),
  value: z.object({
    callbackEndpoint: z.url(),
    callbackTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/** Tells the control plane to look again (after the browser handed over the callback). */
export const refreshRuntime = operation({
  function: 'runtime',
  path: '/refresh',
  body: z.object({ runtimeId: id }),
  value: z.object({ revision }),
});

/** Asks for the first (or a new) smoke; the receipt arrives on the runtime's row. */
export const runSmoke = operation({
  function: 'runtime',
  path: '/smoke',
  body: z.object(target),
  value: z.object({ revision, smokeId: z.string() }),
});

/** A ticket with which the browser asks the tenant itself for a device code: we never see it. */
export const codexDevice = operation({
  function: 'runtime',
  path: '/codex/device',
  body: z.object(target),
  value: z.object({
    deviceEndpoint: z.url(),
    deviceTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/**
 * For the workspace's owner only: what the browser posts (form field `ticket`, top-level) to open
 * the runtime's Control UI. Single use.
 */
export const enterRuntime = operation({
  function: 'runtime',
  path: '/enter',
  body: z.object({ runtimeId: id }),
  value: z.object({
    enterEndpoint: z.url(),
    enterTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/**
 * Stops and starts the runtime's containers, once. Chats, logins and files stay; whatever runs at
 * that moment is cut off. How far it is shows on the row: reason `restarting` until it answers.
 */
export const restartRuntime = operation({
  function: 'runtime',
  path: '/restart',
  body: z.object(target),
  value: z.object({ revision, restartId: z.string() }),
});

/**
 * Stops the runtime and takes its route away; data stay, and the paid time runs on. Only
 * `resumeRuntime` starts it again: no payment does, and no operator.
 */
export const pauseRuntime = operation({
  function: 'runtime',
  path: '/pause',
  body: z.object(target),
  value: z.object({ revision }),
});

/** Ends a pause; proven anew by itself before it is `ready`. */
export const resumeRuntime = operation({
  function: 'runtime',
  path: '/resume',
  body: z.object(target),
  value: z.object({ revision }),
});

/**
 * By an owner, with the runtime's name typed again: stopped and unrouted at once, and deleted for good
 * at `deletesAt`. Until then `keepRuntime` takes it back. No money comes back by it.
 */
export const deleteRuntime = operation({
  function: 'runtime',
  path: '/delete',
  body: z.object({ ...target, name: z.string().check(z.maxLength(64)) }),
  value: z.object({ revision, deletesAt: z.string() }),
});

/** Takes a deletion back: it goes on as after a pause, proven anew by itself. */
export const keepRuntime = operation({
  function: 'runtime',
  path: '/keep',
  body: z.object(target),
  value: z.object({ revision }),
});

/**
 * Has a backup made now, beside the daily one. How it ends shows on the row. While one is being made
 * that one is answered.
 */
export const backupRuntime = operation({
  function: 'runtime',
  path: '/backup',
  body: z.object(target),
  value: z.object({ revision, backup: backupReport }),
});

/**
 * Brings a backup back: everything since its moment is lost, the runtime restarts. How it goes shows
 * on the row; `restore.code` is `failed` when nothing was begun, and says why.
 */
export const restoreRuntime = operation({
  function: 'runtime',
  path: '/restore',
  body: z.object({ ...target, backupId: id }),
  value: z.object({ revision, restore: restoreReport }),
});

/**
 * Owners only: what the browser posts (form field `ticket`, top-level) to download the runtime from
 * its tenant. Single use. `preparing`: it is suspended, and its agent is being started alone; the
 * same call answers `open` once the row says `export_open`. Over at `until`.
 */
export const exportRuntime = operation({
  function: 'runtime',
  path: '/export',
  body: z.object({ runtimeId: id }),
  value: z.discriminatedUnion('state', [
    z.object({ state: z.literal('preparing'), until: z.string() }),
    z.object({
      state: z.literal('open'),
      exportEndpoint: z.url(),
      exportTicket: z.string(),
      ticketExpiresAt: z.string(),
    }),
  ]),
});

/** A ticket with which the browser sends an exported archive to the tenant itself (agent-export.ts). */
export const importRuntime = operation({
  function: 'runtime',
  path: '/import',
  body: z.object({ runtimeId: id }),
  value: z.object({
    importEndpoint: z.url(),
    importTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/**
 * Owners only: a ticket with which the browser speaks to the tenant about recovery key and bucket
 * (agent-offsite.ts). Single use, whatever it is used for.
 */
export const offsiteRuntime = operation({
  function: 'runtime',
  path: '/offsite',
  body: z.object({ runtimeId: id }),
  value: z.object({
    offsiteEndpoint: z.url(),
    offsiteTicket: z.string(),
    ticketExpiresAt: z.string(),
  }),
});

/** The name people read; the address stays. */
export const renameRuntime = operation({
  function: 'runtime',
  path: '/rename',
  body: z.object({ ...target, name: displayName }),
  value: z.object({ revision }),
});

/**
 * When its updates begin: an hour of the day on the members' own clock, and none before `heldUntil`
 * as long as its version is safe. A hold ends by itself after 60 days at most.
 */
export const chooseUpdateTimes = operation({
  function: 'runtime',
  path: '/update-times',
  body: z.object({
    ...target,
    quietHour: z.int().check(z.minimum(0), z.maximum(23)),
    /** IANA name, such as `Asia/Seoul`. */
    timeZone: z.string().check(z.maxLength(40), z.refine(isTimeZone)),
    heldUntil: z.nullable(z.iso.datetime()),
  }),
  value: z.object({ revision }),
});

/**
 * A ticket with which the browser reads the runtime's log and what it uses from the tenant itself,
 * live (`logEvent` of agent.ts): no line of it comes through us.
 */
export const watchRuntime = operation({
  function: 'runtime',
  path: '/watch',
  body: z.object({ runtimeId: id }),
  value: z.object({ watchEndpoint: z.url(), watchTicket: z.string(), ticketExpiresAt: z.string() }),
});
