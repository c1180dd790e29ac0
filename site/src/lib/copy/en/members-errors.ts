/** English: failures around members and invitations of a workspace. */
import type { ErrorText } from './error-text.ts';

export const membersErrors = {
  role_not_allowed: {
    cause: 'Your role in this workspace does not allow this.',
    next: 'Ask an owner of the workspace to do it, or to change your role.',
  },
  member_unknown: {
    cause: 'This person is not in the workspace any more.',
    next: 'The list shows who is there now.',
  },
  last_owner: {
    cause: 'This is the only owner of the workspace.',
    next: 'Make somebody else an owner first.',
  },
  already_member: {
    cause: 'This address belongs to somebody who is in the workspace already.',
    next: 'Change the role in the list instead.',
  },
  invitations_full: {
    cause: 'Too many invitations are open.',
    next: 'Withdraw one that is no longer needed, then invite again.',
  },
  team_full: {
    cause: 'This workspace has as many members as it can hold.',
    next: 'Remove somebody or withdraw an open invitation first.',
  },
  team_busy: {
    cause: 'Somebody else is changing the members right now.',
    next: 'Wait a minute, then try again.',
  },
  join_unknown: {
    cause: 'This invitation is not known.',
    next: 'Open the whole link once more, or ask for a new one.',
  },
  join_used: {
    cause: 'This invitation has been used already.',
    next: 'If that was you, log in. Otherwise ask for a new one.',
  },
  join_expired: {
    cause: 'This invitation has expired.',
    next: 'Ask the person who invited you for a new one.',
  },
  join_revoked: {
    cause: 'This invitation was withdrawn.',
    next: 'Ask the person who invited you for a new one.',
  },
  join_email_mismatch: {
    cause: 'This invitation is for another e-mail address.',
    next: 'Use the address it was made for, or ask for one of your own.',
  },
} satisfies Record<string, ErrorText>;
