/** English: which OpenClaw each ring runs, the lowest safe version, and how the roll-out stands. */
import type { RingHalt } from '#schemas/contract/operator-updates.ts';
import type { UpdateState } from '#schemas/contract/updates.ts';

export const updates = {
  title: 'Updates',
  lede: 'A ring begins when those before it have shown that the version works. Each runtime is told first, its state is copied, and what does not answer afterwards goes back by itself.',
  empty: 'Nothing is known yet.',
  floor: (version: string, below: number) =>
    below === 0
      ? `Lowest safe version: ${version}. Nobody is below it.`
      : `Lowest safe version: ${version}. ${below} below it; holds end`,
  noFloor: (own: string) =>
    `No floor was raised; nothing below ${own} is handed over by this installation.`,
  raise: 'Raise the floor…',
  target: 'Set target…',
  stop: 'Stop…',
  resume: 'Resume…',
  changed: 'Written. The first ring is looked at within a minute, the others within the hour.',
  columns: {
    ring: 'Ring',
    target: 'Target',
    members: 'Runtimes',
    proven: 'Ready on it',
    moving: 'Planned · under way',
    failed: 'Taken back',
    state: 'State',
    action: 'Action',
  },
  none: 'as installed',
  halts: {
    none: 'goes on',
    no_target: 'no target',
    stopped_by_operator: 'stopped by hand',
    stopped_by_failures: 'stopped by failures',
    all_went_back: 'waits for a person',
    waits_for_earlier_ring: 'waits for the ring before',
  } satisfies Record<RingHalt, string>,
  provenMark: 'proven',
  list: {
    title: 'Newest updates',
    runtime: 'Runtime',
    ring: 'Ring',
    versions: 'From → to',
    state: 'State',
    at: 'Begins · ended',
    failure: 'Why it went back',
  },
  states: {
    planned: 'planned',
    applying: 'being tried',
    returning: 'going back',
    done: 'done',
    rolled_back: 'taken back',
  } satisfies Record<UpdateState, string>,
  form: {
    titles: {
      target: (ring: string) => `Target of the ring ${ring}`,
      floor: 'Raise the lowest safe version',
      stop: (ring: string) => `Stop the ring ${ring}`,
      resume: (ring: string) => `Go on with the ring ${ring}`,
    },
    notes: {
      target: 'Nothing older than what the ring has. By digest, so that nobody can change it.',
      floor:
        'Whatever is below it is not called ready any more and is updated, held or not. It never goes down again.',
      stop: 'Nothing more begins. What is under way is ended.',
      resume:
        'What failed so far counts no more; those that went back are not tried again by this.',
    },
    image: 'Image',
    imageHint: 'Such as ghcr.io/openclaw/openclaw@sha256:…',
    version: 'Version',
    notice: 'Hours between the notice and the update',
    grace: 'Hours for which it may still be held',
    reason: 'Reason',
    reasonHint: 'Kept in the history.',
    affected: (count: number) =>
      count === 1 ? 'This concerns 1 runtime.' : `This concerns ${count} runtimes.`,
    look: 'See what it would do',
    submit: 'Do it',
    submitting: 'Asking…',
    back: 'Back',
  },
};
