/** English: the page about one's own account. */
import type { DeletionObstacle } from '#schemas/contract/account.ts';

export const account = {
  title: 'Account and security',
  signIn: 'Log in to see your account.',
  back: 'Back to the flow',
  who: { title: 'You', email: 'E-mail', name: 'Name', language: 'Language' },
  sessions: {
    title: 'Where you are signed in',
    lede: 'If you do not know one of these, end it and change your password.',
    loading: 'Looking where you are signed in…',
    current: 'This device',
    unknownBrowser: 'Unknown browser',
    on: (browser: string, system: string) => `${browser} on ${system}`,
    opened: (time: string) => `Signed in ${time}`,
    active: (time: string) => `last renewed ${time}`,
    end: 'Sign out',
    ending: 'Signing out…',
    endOthers: 'Sign out everywhere else',
    ended: 'That session has ended.',
    othersEnded: 'You are signed in on this device only.',
    onlyThis: 'You are signed in nowhere else.',
  },
  password: {
    title: 'Password',
    lede: 'A new password signs you out everywhere but here.',
    old: 'Current password',
    fresh: 'New password',
    hint: 'At least 8 characters; not your e-mail, not your name, none of your last five.',
    change: 'Change password',
    changing: 'Changing…',
    changed: 'Your password is changed, and every other device is signed out.',
  },
  deletion: {
    title: 'Delete account',
    lede: 'Nobody can bring it back, neither you nor we.',
    look: 'See what deleting would do',
    looking: 'Looking what it would do…',
    obstacles: 'This has to be settled first',
    obstacle: {
      runtime: (name: string, workspace: string) =>
        `The runtime ${name} in ${workspace} is not deleted. Ask the operator to delete it, or make somebody else an owner of the workspace.`,
      order: (name: string, workspace: string) =>
        `The money of the order for ${name} in ${workspace} is still moving. Cancel the order, or wait until it is paid or refunded.`,
      members: (_name: string, workspace: string) =>
        `Others are in ${workspace} and none of them owns it. Make one an owner, or take them out.`,
    } satisfies Record<DeletionObstacle, (name: string, workspace: string) => string>,
    openOrder: 'Open the order',
    lost: 'What goes',
    lostAccount: 'Your account, your name and your e-mail, and every session at once.',
    lostWorkspace: (name: string) => `The workspace ${name}, where nobody else is.`,
    leftWorkspace: (name: string) => `You leave ${name}; it stays with its owners.`,
    addresses: 'Addresses that were yours are given to nobody else.',
    kept: 'What stays',
    keptMoney:
      'Orders, payments and refunds stay, as the law asks of books, without your name and e-mail.',
    keptPayApp: 'PayApp keeps its own record of your payments, with the phone number given there.',
    begin: 'Delete my account…',
    dialogTitle: 'Delete this account for good?',
    dialogLede: (email: string) => `Type ${email} to confirm, and your password once more.`,
    email: 'Your e-mail',
    password: 'Your password',
    confirm: 'Delete for good',
    deleting: 'Deleting…',
    keep: 'Keep the account',
    uncertain:
      'We do not know yet whether it was begun. If it was, it is finished by itself within minutes; look again to see.',
    gone: 'Your account is deleted.',
    goneText: 'Your name and e-mail are no longer with us. To come back you need a new invite.',
    home: 'To the first page',
  },
};
export type AccountCopy = typeof account;
