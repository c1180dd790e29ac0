/** English: deleting a runtime, and what is shown of that. */
import type { DeletionReason, Proof, RemovedThing } from '#schemas/contract/deletion.ts';

export const deletion = {
  title: 'Delete this runtime',
  text: (days: number) =>
    `It stops at once, is kept for ${days} days in which you can take that back, and is then deleted for good.`,
  early:
    'It can be deleted once it has been set up. Until then its payment is held to a promise and comes back by itself if that is not kept.',
  notRole: 'Owners of the workspace delete runtimes.',
  button: 'Delete the runtime…',
  dialog: 'Delete this runtime?',
  goes: 'What goes, for good:',
  things: [
    'conversations, files, settings, schedules and your Codex login',
    'its backups: they lie on the same server',
    'its address, which nobody gets again',
  ],
  exportFirst: 'Take it along first: export it',
  paid: (until: string) =>
    `It is paid until ${until}. What is left of that ends with it, and deleting brings no money back. A payment that may still be refunded is refunded from the page of orders: within 7 days, where the runtime was never ready, or for time that has not begun.`,
  when: (date: string) =>
    `Now it is stopped and cannot be reached, and open payment links are closed. On ${date} it is deleted. Until then any owner can keep it, and it goes on as it was.`,
  mailed: 'The owners get a mail with the date.',
  unpaidToo: 'It stands still for want of payment. If you keep it later, that goes on as before.',
  orders: 'See the orders',
  typed: (name: string) => `Type its name to confirm: ${name}`,
  confirm: 'Stop it and delete it',
  asking: 'Asking…',
  keep: 'Do not delete',
  leaving: (date: string) => `This runtime will be deleted on ${date}.`,
  leavingText:
    'It is stopped and cannot be reached; everything in it is kept until then. A payment that still arrives goes back.',
  late: 'It goes a little later than planned: the mail with the date has to have gone out three days before.',
  keepIt: 'Keep the runtime',
  keepText: 'It is started and checked from the beginning, as after a pause.',
  keepUnpaid: 'It then waits for its payment again, with the dates of before.',
  onlyOwners: 'An owner of the workspace can still keep it.',
  going:
    'It is being deleted. The receipt follows when nothing of it is left; you may leave this page.',
  receipt: {
    title: 'Receipt of a deletion',
    lede: 'What was looked for after this runtime was deleted, and what was seen.',
    none: 'This runtime was deleted before there were receipts.',
    never: 'Nothing of it was ever set up: its payment went back before.',
    runtime: 'Runtime',
    id: 'Id',
    reason: 'Why',
    reasons: {
      customer: 'An owner of the workspace deleted it.',
      unpaid: 'Nobody paid, and both warnings had gone out.',
      refunded: 'Its money had gone back, and the operator closed it.',
      operator: 'The operator deleted it.',
    } satisfies Record<DeletionReason, string>,
    asked: 'Asked for',
    askedBy: 'By',
    system: 'the system, by the table of dates',
    deleted: 'Gone since',
    version: 'Last version of OpenClaw',
    lastBackup: 'Last proven backup',
    backups: (count: number) =>
      count === 1 ? '1 was kept, and went too' : `${count} were kept, and went too`,
    noBackup: 'none was made',
    digest: 'Digest',
    digestText: 'The same digest stands in the history of this runtime, which cannot be changed.',
    things: {
      service: 'Service and its files at the deployer',
      containers: 'Containers on its server',
      volumes: 'Volumes: state, files, keys',
      backups: 'Backups',
      copies: 'Copies that updates and restores had put aside',
      route: 'Address',
      slot: 'Place on the server',
      bucket: 'Copies in your own bucket',
    } satisfies Record<RemovedThing, string>,
    proofs: {
      gone: 'gone: the deployer has no such service',
      not_listed: 'gone: its server lists all of them, and none of this runtime’s',
      not_shown:
        'deleted by the command that took the containers away; the server does not show us volumes, so nobody looked again',
      with_volumes: 'lay on its volumes, and went as they did',
      no_answer: 'nothing answers there',
      other_answer: 'nothing of this runtime answers there',
      given_back: 'given back',
      yours:
        'not touched: they are yours, stay where they are, and open with your recovery key alone',
      never_made: 'there never was one',
      declared: 'nobody could look at its server any more; the operator answers for it',
    } satisfies Record<Proof, string>,
    seen: 'seen',
    print: 'Print or save as PDF',
  },
};
