/** English: who is in a workspace, and how one gets in. */
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';

export const members = {
  title: 'Members',
  lede: 'Who is in this workspace, and what each of them may do.',
  back: 'Back to the flow',
  choose: 'Workspace',
  signIn: 'Log in to see who is in your workspaces.',
  none: 'You are in no workspace yet. Create one in the flow, or ask an owner for an invitation.',
  unknown: 'That workspace is not among yours. Perhaps you were removed from it.',
  roles: {
    owner: 'Owner',
    member: 'Member',
    billing: 'Billing',
  } satisfies Record<WorkspaceRole, string>,
  notes: {
    owner: 'Everything, members included.',
    member: 'Verifies, logs in at Codex, runs the smoke and opens the runtimes. Does not pay.',
    billing:
      'Orders, pays, asks for refunds and keeps the receipts. Does not get into the runtimes.',
  } satisfies Record<WorkspaceRole, string>,
  list: 'In this workspace',
  you: 'you',
  nameless: 'No name',
  lastOwner: 'The only owner. Make somebody else an owner before this one can go or change.',
  onlyOwners: 'Owners invite people, change roles and remove members.',
  change: 'Change role',
  changeTitle: (who: string) => `Role of ${who}`,
  changeLede:
    'It counts from the next click on. Whoever may no longer enter is out of the runtimes.',
  role: 'Role',
  save: 'Save',
  saving: 'Saving…',
  remove: 'Remove',
  removeTitle: (who: string) => `Remove ${who}?`,
  removeText:
    'They see nothing of this workspace from then on and are put out of its runtimes at once. Runtimes, orders and payments stay.',
  removeConfirm: 'Remove',
  removing: 'Removing…',
  leave: 'Leave this workspace',
  leaveTitle: (workspace: string) => `Leave ${workspace}?`,
  leaveText: 'You see nothing of it from then on. Only a new invitation brings you back.',
  leaveConfirm: 'Leave',
  leaving: 'Leaving…',
  keep: 'Keep as it is',
  invite: {
    title: 'Invite somebody',
    lede: 'You get a link to send yourself: no mail of ours carries it. It works once, for this address alone.',
    email: 'Their e-mail address',
    submit: 'Make the link',
    submitting: 'Making the link…',
    made: (email: string) => `Link for ${email}`,
    once: 'It is shown here once. Copy it now and send it to them.',
    copy: 'Copy the link',
    link: 'Invitation link',
  },
  open: {
    title: 'Open invitations',
    empty: 'No invitation is open.',
    until: (time: string) => `Can be accepted until ${time}`,
    withdraw: 'Withdraw',
    withdrawOf: (email: string) => `Withdraw the invitation for ${email}`,
  },
  join: {
    untitled: 'Workspace invitation',
    title: (workspace: string) => `Invitation to ${workspace}`,
    as: (role: string) => `You are to join as: ${role}`,
    hint: (hint: string, email: string) =>
      `It was made for ${hint}. You are signed in as ${email}.`,
    accept: 'Accept',
    accepting: 'Accepting…',
    later: 'Not now',
    looking: 'Looking at the invitation…',
    others: 'Log out and use another account',
  },
};
export type MembersCopy = typeof members;
