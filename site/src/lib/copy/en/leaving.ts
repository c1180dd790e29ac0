/** English: taking a runtime along, and bringing one in. */
import type { ExportState, FileProblem } from '#lib/flow/export.ts';

export const exporting = {
  title: 'Export',
  text: 'One file with everything in this runtime: conversations, files, settings, a Compose file and a note on how to run it on a machine of your own. It goes straight from the runtime’s server to your browser, not through us.',
  secret:
    'Your logins and keys are in it, and it is not encrypted. Keep it as you would keep a password.',
  download: 'Download the export',
  asking: 'Asking…',
  prepare: 'Prepare the export',
  lines: {
    early: 'Once the runtime has come up it can be exported.',
    stopped:
      'The runtime is stopped, so its export is prepared first; that takes about a minute. OpenClaw stays stopped, and nothing of its data changes.',
    preparing: 'It takes about a minute. You may leave this page and come back.',
    stuck: 'It does not start. The operator has been told; try again later.',
    gone: 'The runtime is deleted, so there is nothing left to export.',
  } satisfies Record<Exclude<ExportState, 'runs' | 'open'>, string>,
  preparing: 'The export is being prepared',
  open: 'The export is ready to be downloaded',
  until: (time: string) =>
    `It can be downloaded until ${time}, and is not deleted for want of a payment before then.`,
  started: 'Your browser shows how far the download is. If it breaks off, ask for it again.',
  notRole: 'Only owners of the workspace can export: the file holds the logins.',
};

export const importing = {
  title: 'Import',
  text: 'Bring an exported runtime, or a backup copy from your bucket, into this one. The file is checked, encrypted and proven as a backup is. Your runtime stays as it is until you bring the import back from the list of backups.',
  file: 'Exported file (.tar.gz) or backup copy (.age)',
  choose: 'Choose a file',
  key: 'Its recovery key (.txt)',
  none: 'No file chosen',
  button: 'Send the file',
  asking: 'Asking…',
  sending: (percent: number) => `Sending, ${percent} %`,
  stay: 'Leave this page open until it has been sent. The runtime goes on meanwhile.',
  stop: 'Stop sending',
  arrived:
    'The file has arrived and is being proven. It then stands in the list of backups; until you bring it back nothing changes.',
  problems: {
    empty: 'This file is empty. Choose the one that was downloaded.',
    too_large: 'This file is larger than the 4 GiB an import may have.',
    other_kind: 'This is no .tar.gz or .age file. Choose the one that was downloaded.',
    no_key:
      'To open a backup copy its recovery key is needed: a file with a line that begins with AGE-SECRET-KEY-1.',
  } satisfies Record<FileProblem, string>,
  stopped: 'A runtime that is stopped takes no import.',
  origin: 'imported',
};
