/** English: backups of a runtime. */
import type { BackupCode } from '#schemas/contract/agent-backup.ts';

export const backups = {
  title: 'Backups',
  text: 'Once a day your runtime is copied on its own server, encrypted, and opened again: a backup counts only after a second OpenClaw has started on it and knew your login. Kept are the last 7 days and 4 weeks.',
  where:
    'They lie on the same server as your runtime. They bring back what was deleted or broken by mistake; if that server’s disk is lost, they are lost with it.',
  newest: 'Last proven backup',
  newestOf: (time: string, size: string) => `made ${time}, ${size}`,
  none: 'None yet. The first is made on the day after the first turn, or now.',
  kept: (count: number) => (count === 1 ? '1 is kept.' : `${count} are kept.`),
  running: 'Being made and proven',
  runningText: 'Your runtime goes on meanwhile. It takes about a minute; you may leave this page.',
  failed: (time: string) => `The last try, ${time}, came to nothing`,
  button: 'Make a backup now',
  asking: 'Asking…',
  stopped: 'Of a runtime that is stopped no backup is made. Those it has are kept.',
  codes: {
    running: 'It is being made.',
    proven: 'It is proven.',
    storage_full: 'There was not enough room on the server’s disk. Your runtime is untouched.',
    too_large: 'Your data is larger than a backup may be: 16 GiB or 200,000 files.',
    state_unreadable: 'A file of yours could not be read, or changed all the time.',
    archive_broken: 'What came out was not what went in. It was thrown away.',
    proof_unavailable: 'The second OpenClaw, which proves it, was not to be had.',
    proof_not_started: 'The second OpenClaw did not start on it. It was thrown away.',
    proof_login_missing: 'Your login was not in it. It was thrown away.',
    timeout: 'It took too long.',
    interrupted: 'It was interrupted. Try again.',
    unknown: 'Something went wrong that has no name yet.',
  } satisfies Record<BackupCode, string>,
};
