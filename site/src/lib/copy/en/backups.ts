/** English: backups of a runtime. */
import type { BackupCode } from '#schemas/contract/agent-backup.ts';
import type { RestoreCode, RestoreProblem } from '#schemas/contract/agent-restore.ts';

export const backups = {
  title: 'Backups',
  text: 'Once a day your runtime is copied on its own server, encrypted, and opened again: a backup counts only after a second OpenClaw has started on it and knew your login. Kept are the last 7 days and 4 weeks.',
  where:
    'They lie on the same server as your runtime. They bring back what was deleted or broken by mistake; if that server’s disk is lost, they are lost with it.',
  whereToo: 'They lie on the same server as your runtime, and copies of them go to your bucket.',
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
  list: 'Kept backups',
  restore: {
    button: 'Bring it back',
    of: (time: string) => `Bring back the backup of ${time}`,
    dialog: 'Bring this backup back?',
    moment: (time: string) => `Your runtime becomes what it was at ${time}.`,
    lost: 'Lost is everything since then: conversations, files, settings, and logins made since. What is under way now is cut off, messages on their way included.',
    login:
      'Your Codex login may be too old to be taken; then you log in once more. Nothing is paid for it.',
    safe: 'Then it restarts, is verified anew and answers one turn as a test. If that fails, what you have now comes back by itself. To keep what you have now in any case, make a backup first.',
    confirm: 'Bring it back now',
    asking: 'Asking…',
    keep: 'Not now',
    under: {
      ordered: 'The backup is being brought back',
      swapping: 'The backup is being brought back',
      swapped: 'The backup is back and is being tried',
      return_ordered: 'What you had is coming back',
      returning: 'What you had is coming back',
    } as Readonly<Partial<Record<RestoreCode, string>>>,
    underText: 'It takes about a minute or two; you may leave this page.',
    ended: {
      kept: 'The backup was brought back and works.',
      returned:
        'Your runtime did not work on the backup. What you had before is back, and nothing of it is lost.',
      failed: 'The backup could not be brought back. Nothing was changed.',
      dropped: 'Your runtime was not restarted in time. Nothing was changed; ask again.',
    } as Readonly<Partial<Record<RestoreCode, string>>>,
    problems: {
      backup_missing: 'That backup is not there any more.',
      backup_newer: 'It was made on a newer version of OpenClaw than your runtime has now.',
      archive_broken: 'It is damaged.',
      storage_full: 'There is not enough room on the server’s disk.',
      unknown: 'The reason has no name yet.',
    } satisfies Record<RestoreProblem, string>,
  },
  codes: {
    running: 'It is being made.',
    proven: 'It is proven.',
    storage_full: 'There was not enough room on the server’s disk. Your runtime is untouched.',
    too_large: 'Your data is larger than a backup may be: 16 GiB or 200,000 files.',
    import_cut_off: 'The upload ended before the file was whole. Your runtime is untouched.',
    import_malformed: 'The file is no export of a runtime, or was changed. It was thrown away.',
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
