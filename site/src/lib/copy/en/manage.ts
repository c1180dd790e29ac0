/** English: what one does with a runtime that runs. */
import type { UsageBand } from '#schemas/contract/usage.ts';
import { backups } from './backups.ts';
import { offsite } from './offsite.ts';
import { exporting, importing } from './leaving.ts';
import { deletion } from './deletion.ts';
import { updates } from './updates.ts';
import type { LogLevel, WatchState } from '#lib/flow/log-lines.ts';

export const manage = {
  title: 'Manage a runtime',
  signIn: 'Log in to look after your runtimes.',
  back: 'Back to the flow',
  unknown: 'That runtime is not among yours, or it is gone.',
  choose: 'Choose a runtime',
  state: 'State',
  host: 'Address',
  plan: 'Plan',
  changePlan: 'Change the plan',
  restarting: 'Restarting',
  restartingText:
    'The containers stop and start again, then the runtime is verified anew. It takes about half a minute; you may leave this page.',
  usage: {
    title: 'What it uses',
    live: 'Measured now',
    at: (time: string) => `Measured ${time}`,
    none: 'Nothing measured yet. It is measured when the runtime answers.',
    memory: 'Memory',
    memoryOf: (used: string, limit: string) => `${used} of ${limit}`,
    memoryNote:
      'Of OpenClaw’s own process. Programs that your agent starts come on top and are not counted here; at the limit the container is stopped and started anew.',
    disk: 'Disk',
    diskOf: (left: string, total: string) => `${left} free of ${total}`,
    diskNote:
      'Of the server your runtime is on; other runtimes may be on the same disk. Your data has no limit of its own on it.',
    state: 'Your data',
    stateOf: (size: string, time: string) => `${size} · counted at the start, ${time}`,
    stateNone: 'Counted at the next start.',
    bands: {
      fine: 'fine',
      warning: 'little room',
      critical: 'almost none left',
    } satisfies Record<UsageBand, string>,
    memoryFull: 'Close long conversations or restart; if it fills again, it needs a larger plan.',
    diskFull: 'The operator sees this too. Deleting old files in the runtime makes room.',
  },
  restart: {
    title: 'Restart',
    text: 'Helps when it hangs, and after you changed its settings.',
    button: 'Restart the runtime',
    dialog: 'Restart this runtime?',
    cuts: 'What runs in it now is cut off: answers in the making, programs it started, open windows of its control page (they come back by themselves), and a Codex login that is half done.',
    keeps: 'Conversations, files, settings and your Codex login stay. Nothing is paid for it.',
    confirm: 'Restart now',
    asking: 'Asking…',
    keep: 'Not now',
    stopped: 'A runtime that is stopped cannot be restarted.',
  },
  pause: {
    title: 'Pause',
    text: 'Stop it for a while without losing anything.',
    button: 'Pause the runtime',
    dialog: 'Pause this runtime?',
    stops:
      'It stops and cannot be reached: what it is doing is cut off, its messages and schedules rest, and its control page is closed.',
    keeps: 'Conversations, files, settings, the address and your Codex login stay.',
    paid: (until: string) =>
      `The paid time runs on and still ends on ${until}. Nothing is paid back for the pause, and reminders and what follows the end come as usual. A pause ends automatic renewal.`,
    back: 'Any owner or member can resume it. It is then checked from the beginning, which takes a minute or two and one short answer of the model.',
    confirm: 'Pause now',
    asking: 'Asking…',
    keep: 'Not now',
    early: 'It can be paused once it has been set up.',
    stopping: 'It is being stopped.',
    paused: (since: string) => `Paused since ${since}.`,
    pausedText:
      'Everything in it is kept. It starts again only when one of you says so; a payment adds time and does not start it.',
    resume: 'Resume the runtime',
    resuming: 'It is being started.',
    resumingText: 'It is checked from the beginning, and is ready when the model has answered.',
    unpaid: 'It stands still because its paid time is over. A payment starts it again.',
    unpaidPaused:
      'It stands still because its paid time is over. It was paused before, so after a payment it stays paused until you resume it.',
    toTerm: 'To its paid time',
    held: 'The operator stopped it. Write to the operator.',
  },
  backups,
  exporting,
  importing,
  offsite,
  deletion,
  updates,
  name: {
    title: 'Name',
    text: 'What you and your team read. The address stays.',
    label: 'Name of the runtime',
    save: 'Save the name',
    saving: 'Saving…',
    saved: 'Saved.',
  },
  log: {
    title: 'Log',
    text: 'The last 1,000 lines of OpenClaw’s log, live, straight from your runtime: they do not pass through our servers. Addresses, keys, codes and tokens are masked before a line leaves it.',
    missing:
      'Not in it: what the container says before OpenClaw has begun to log, and a stop from outside, such as for lack of memory.',
    states: {
      idle: 'Not connected.',
      connecting: 'Connecting to your runtime…',
      live: 'Live.',
      away: 'OpenClaw does not answer at the moment. The line goes on by itself.',
      waiting: 'Your runtime does not answer. Trying again by itself.',
      refused: 'Not connected.',
      ended: 'Your right to read this has ended.',
    } satisfies Record<WatchState, string>,
    retry: 'Connect again',
    search: 'Search in the lines',
    pause: 'Pause',
    resume: 'Go on',
    paused: (count: number) =>
      count === 0
        ? 'Paused.'
        : count === 1
          ? 'Paused; 1 new line waits.'
          : `Paused; ${count} new lines wait.`,
    copy: 'Copy the lines',
    newest: 'To the newest',
    shown: (shown: number, all: number) =>
      shown === all ? `${all} lines` : `${shown} of ${all} lines`,
    empty: 'No line yet.',
    nothing: 'No line holds that.',
    skipped: (count: number) => `${count} or more lines came too fast and were left out here.`,
    lines: 'Lines of the log',
    levels: {
      trace: 'trace',
      debug: 'debug',
      info: 'info',
      warn: 'warning',
      error: 'error',
      fatal: 'fatal',
    } satisfies Record<LogLevel, string>,
    notRole: 'Owners and members of the workspace read the log. Your role here is billing.',
    stopped: 'A runtime that is stopped writes no log.',
  },
};
export type ManageCopy = typeof manage;
