/** English: when a runtime is updated, and what became of the newest update. */
import type { UpdateFailure } from '#schemas/contract/updates.ts';

export const updates = {
  title: 'Updates',
  text: 'OpenClaw is kept up to date for you. Before each update the state is copied; if the new version does not answer afterwards, the old version comes back with the old state.',
  version: (version: string) => `It runs OpenClaw ${version}.`,
  planned: (version: string, time: string) => `An update to OpenClaw ${version} begins on ${time}.`,
  plannedText: 'The runtime is away for a few minutes.',
  latest: (time: string) =>
    `It closes a security hole, so it cannot be held for longer than ${time}.`,
  applying: (version: string) => `Being updated to OpenClaw ${version}.`,
  applyingText:
    'The state has been copied, the new version starts, and then we ask it for a real answer. It takes a few minutes; you may leave this page.',
  returning: 'Going back to the version and the state of before.',
  returningText: 'The new version did not work as it should. Your login and your data come back.',
  done: (version: string, time: string) => `Updated to OpenClaw ${version} on ${time}.`,
  rolledBack: (version: string, time: string) =>
    `The update to OpenClaw ${version} was taken back on ${time}.`,
  failures: {
    not_deployed: 'It could not be deployed.',
    deploy_failed: 'It could not be deployed.',
    not_reachable: 'The new version did not answer.',
    verify_failed: 'The new version did not pass our checks.',
    exposed: 'The new version answered strangers.',
    version_differs: 'Another version came up than the one that was meant.',
    login_lost: 'The new version did not know your Codex login any more.',
    smoke_failed: 'The new version gave no proper answer.',
    by_operator: 'The operator took it back.',
  } satisfies Record<UpdateFailure, string>,
  hour: 'Quiet hour',
  hourHint: 'Updates begin within two hours of it.',
  zone: 'Time zone',
  hold: 'Hold updates',
  holds: {
    none: 'Do not hold',
    week: 'For 7 days',
    fortnight: 'For 14 days',
    month: 'For 30 days',
  },
  held: (time: string) => `Held until ${time}`,
  holdHint: 'An update that closes a security hole comes in spite of it; you are told before.',
  save: 'Save the times',
  saving: 'Saving…',
  saved: 'Saved.',
};
export type UpdatesCopy = typeof updates;
