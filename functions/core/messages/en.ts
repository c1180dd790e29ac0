/** Notices to customers, in English. */
import type { Proof } from '#schemas/contract/deletion.ts';
import type { AutopayStopReason, WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { LetterFrame } from './letter.ts';

const roles: Readonly<Record<WorkspaceRole, string>> = {
  owner: 'Owner',
  member: 'Member',
  billing: 'Billing',
};

const stopped: Readonly<Record<AutopayStopReason, string>> = {
  member: 'Automatic renewal was stopped on the page of your runtime.',
  paid_by_hand: 'More time was paid for by hand, so automatic renewal has ended.',
  plan_changed: 'The plan changed, and with it the price, so automatic renewal has ended.',
  paused: 'The runtime was paused, so automatic renewal has ended.',
  suspended: 'The operator stopped the runtime, so automatic renewal has ended.',
  refunded: 'A payment was given back, so automatic renewal has ended.',
  runtime_deleted: 'The runtime is being deleted, so automatic renewal has ended.',
  missed: 'Two automatic payments in a row did not come, so we have ended automatic renewal.',
  not_approved: 'The first payment was not approved in time, so automatic renewal did not begin.',
  not_registered: 'PayApp did not take it up, so automatic renewal did not begin.',
};

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
const in_ = (days: number | null): string =>
  days === null ? 'soon' : `in ${counted(days, 'day')}`;
const toRuntime = 'Go to the runtime';
/** Of what is stopped for want of a payment. */
const exportOffered =
  'Until then an owner of the workspace can take everything along without paying: on the same page, under “Export”.';
const toPayment = 'Go to payment';

/** No more than what was seen. */
const volumesTold = (proof: Proof): string => {
  if (proof === 'not_listed') {
    return 'Its server lists none of its containers and volumes any more. Its backups lay there too.';
  }
  if (proof === 'never_made') return 'Nothing of it ever ran, so there was nothing to delete.';
  return proof === 'declared'
    ? 'Its server could not be looked at any more. One of our operators answers for its end.'
    : 'Its server lists none of its containers any more. Its volumes, with its backups, were deleted in the same step; that step’s word is all we have for them.';
};
const routeTold = 'Nothing of it answers at its address.';

export const english: LetterFrame = {
  letters: {
    receipt: (values, tell) => ({
      subject: `Payment received for ${tell.short(values.runtimeName)}`,
      lines: [`We have received the payment for your runtime “${values.runtimeName}”. Thank you.`],
      facts: [
        ['Amount', `${tell.won(values.amountKrw)}, VAT included`],
        ['Pays for', values.months === 0 ? 'a larger plan' : counted(values.months, 'month')],
        ['Paid', tell.at(values.paidAt)],
        ['Order', values.orderId],
      ],
      link: 'See the order',
      ...(values.receiptUrl === null
        ? {}
        : { elsewhere: { label: 'PayApp’s receipt', url: values.receiptUrl } }),
    }),
    ready: (values, tell) => ({
      subject: `Your runtime ${tell.short(values.runtimeName)} is ready`,
      lines: [
        `Your runtime “${values.runtimeName}” is ready to use.`,
        'We have had it answer a real question with your own Codex login, so you can start right away.',
      ],
      link: toRuntime,
    }),
    renewal_due: (values, tell) => ({
      subject: `Your runtime ${tell.short(values.runtimeName)} ends ${in_(tell.daysTo(values.endsAt))}`,
      lines: [
        `Your runtime “${values.runtimeName}” is paid for until ${tell.at(values.endsAt)}.`,
        'To keep it, please renew before then. Paying early takes nothing from the time you have left.',
      ],
      facts: [
        ['Price', `${tell.won(values.amountKrw)}, VAT included`],
        ['Pays for', counted(values.months, 'month')],
      ],
      link: toPayment,
    }),
    grace: (values, tell) => ({
      subject: `The paid time of ${tell.short(values.runtimeName)} is over`,
      lines: [
        `The paid time of your runtime “${values.runtimeName}” ended on ${tell.at(values.endedAt)}.`,
        `It keeps running for now. If no payment has arrived by ${tell.at(values.suspendsAt)}, we will stop it. Your data is not deleted then.`,
      ],
      facts: [['Price', `${tell.won(values.amountKrw)}, VAT included`]],
      link: toPayment,
    }),
    suspended: (values, tell) => ({
      subject: `We have stopped your runtime ${tell.short(values.runtimeName)}`,
      lines: [
        `No payment arrived in time, so we have stopped your runtime “${values.runtimeName}”. Your data is kept as it is.`,
        `Once you pay, it goes on where it stopped. Without a payment by ${tell.at(values.deletesAt)}, its data will be deleted too.`,
        exportOffered,
      ],
      link: toPayment,
    }),
    resumed: (values, tell) => ({
      subject: `Your runtime ${tell.short(values.runtimeName)} is running again`,
      lines: [
        `We have received your payment and started your runtime “${values.runtimeName}” again.`,
        `It is paid for until ${tell.at(values.paidUntil)}.`,
      ],
      link: toRuntime,
    }),
    deletion_warning: (values, tell) => ({
      subject: `We will delete ${tell.short(values.runtimeName)} ${in_(tell.daysTo(values.deletesAt))}`,
      lines: [
        `Your stopped runtime “${values.runtimeName}” and all its data will be deleted on ${tell.at(values.deletesAt)}. This cannot be undone.`,
        'Pay before then, and it goes on with its data as it is.',
        exportOffered,
      ],
      link: toPayment,
    }),
    deletion_planned: (values, tell) => ({
      subject: `${tell.short(values.runtimeName)} will be deleted ${in_(tell.daysTo(values.deletesAt))}`,
      lines: [
        `An owner of your workspace is deleting the runtime “${values.runtimeName}”. It is stopped, and cannot be reached.`,
        `Until ${tell.at(values.deletesAt)} any owner can keep it: it then goes on as it was. After that it is deleted with its data and its backups, and this cannot be undone.`,
      ],
      link: 'See the deletion',
    }),
    deleted: (values, tell) => ({
      subject: `We have deleted your runtime ${tell.short(values.runtimeName)}`,
      lines: [
        `Your runtime “${values.runtimeName}” and all its data were deleted on ${tell.at(values.deletedAt)}.`,
        ...(values.volumes === null ? [] : [`${volumesTold(values.volumes)} ${routeTold}`]),
        'This cannot be undone. Thank you for having been with us.',
      ],
      link: values.volumes === null ? 'Go to the site' : 'See the receipt of the deletion',
    }),
    login_expiring: (values, tell) => ({
      subject: `The Codex login of ${tell.short(values.runtimeName)} expires soon`,
      lines: [
        `The Codex login of your runtime “${values.runtimeName}” is about to expire.`,
        'After that the runtime cannot answer. Please log in again before then. Data and settings stay as they are.',
      ],
      link: 'Log in again',
    }),
    login_lost: (values, tell) => ({
      subject: `The Codex login of ${tell.short(values.runtimeName)} is lost`,
      lines: [
        `Your runtime “${values.runtimeName}” can no longer use its Codex login, so it cannot answer right now.`,
        'Log in again and it goes on. Data and settings are as they were.',
      ],
      link: 'Log in again',
    }),
    copies_failing: (values, tell) => ({
      subject: `Backups of ${tell.short(values.runtimeName)} do not reach your bucket`,
      lines: [
        `Since ${tell.at(values.since)} no backup of your runtime “${values.runtimeName}” has reached your bucket. It is still backed up every day on its own server, but nowhere else.`,
        'Most often a key was changed or withdrawn, or the bucket is full. The page of the runtime says what went wrong, and you can enter another key or another bucket there.',
      ],
      link: 'See the backups',
    }),
    update_planned: (values, tell) => ({
      subject: `An update of ${tell.short(values.runtimeName)} is planned`,
      lines: [
        `On ${tell.at(values.at)} we will update your runtime “${values.runtimeName}” to OpenClaw ${values.version}.`,
        values.latestAt === null
          ? 'If that does not suit you, choose a quiet hour or hold updates on the page of the runtime.'
          : `This update closes a security hole, so it cannot be held for longer than ${tell.at(values.latestAt)}. Until then you can choose another hour on the page of the runtime.`,
        'We take a backup first and check that it answers afterwards. If it does not, we go back to the version and the state of now. It will be away for a few minutes.',
      ],
      link: toRuntime,
    }),
    update_done: (values, tell) => ({
      subject: `We have updated your runtime ${tell.short(values.runtimeName)}`,
      lines: [
        `On ${tell.at(values.at)} we updated your runtime “${values.runtimeName}” to OpenClaw ${values.version} and checked that it answers.`,
      ],
      link: toRuntime,
    }),
    update_rolled_back: (values, tell) => ({
      subject: `We took back an update of ${tell.short(values.runtimeName)}`,
      lines: [
        `On ${tell.at(values.at)} we updated your runtime “${values.runtimeName}” to OpenClaw ${values.version}. It did not work as it should, so we went back to ${values.keptVersion} and the state before the update.`,
        'There is nothing you need to do. We are looking into it.',
      ],
      link: toRuntime,
    }),
    autopay_failed: (values, tell) => ({
      subject: `No automatic payment for ${tell.short(values.runtimeName)} yet`,
      lines: [
        values.isFirst
          ? `Automatic renewal of your runtime “${values.runtimeName}” did not begin: we have heard of no first payment. We have withdrawn it, so nothing will be charged.`
          : `The automatic payment for your runtime “${values.runtimeName}” was due, and we have not heard that it went through. Your card may have expired or been declined.`,
        `Your runtime is paid for until ${tell.at(values.endsAt)} and keeps running. To keep it after that, please pay for more time on its page.`,
        ...(values.isFirst
          ? []
          : [
              'If your card was charged all the same, you need not pay again: tell us, and we will sort it out.',
            ]),
      ],
      facts: [['Price', `${tell.won(values.amountKrw)}, VAT included`]],
      link: toPayment,
    }),
    autopay_ended: (values, tell) => ({
      subject: `Automatic renewal of ${tell.short(values.runtimeName)} has ended`,
      lines: [
        `${stopped[values.reason]} From now on nothing is charged for your runtime “${values.runtimeName}” by itself. Should a charge come all the same, you get it back.`,
        `It is paid for until ${tell.at(values.endsAt)}. We will remind you before that.`,
      ],
      link: toPayment,
    }),
    member_invited: (values, tell) => ({
      subject: `You are invited to the workspace ${tell.short(values.workspaceName)}`,
      lines: [
        `An owner of the workspace “${values.workspaceName}” has invited you.`,
        'To join, open the link that they gave you. It is meant for you alone, so it is not in this mail. If you do not have it yet, ask them for it.',
      ],
      facts: [
        ['Role', roles[values.role]],
        ['Valid until', tell.at(values.expiresAt)],
      ],
      link: 'Go to the site',
    }),
  },
  footer: (kind) =>
    kind === 'member_invited'
      ? 'Sent by Hosted Dedicated. If you do not expect an invitation, you can ignore it. Replies to this mail are not read.'
      : 'Sent by Hosted Dedicated to those who look after this runtime. Replies to this mail are not read.',
};
