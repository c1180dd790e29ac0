/** English: everything behind the sign-in. */
import type { Ability } from '#schemas/contract/roles.ts';
import type { ExposureCheck } from '#schemas/contract/agent.ts';
import type { ConditionType, OrderState, ReasonCode } from '#schemas/contract/vocabulary.ts';
import type { EntranceView } from '#lib/flow/entrance.ts';
import type { LoginWarning } from '#lib/flow/login.ts';
import type { WaitKind } from '#lib/flow/waits.ts';

export const product = {
  workspace: {
    emptyTitle: 'No workspace yet',
    emptyText: 'A workspace holds your runtimes and their payments. Make the first one.',
    choose: 'Choose the workspace you want to work in.',
    create: 'New workspace',
    createTitle: 'Create Workspace',
    createLede:
      'Hosted Dedicated keeps infrastructure choices hidden. You only choose name, subdomain, and plan.',
    name: 'Workspace name',
    namePlaceholder: 'For example, the name of your team',
    subdomain: 'Subdomain',
    plan: 'Plan',
    planNames: { basic: 'Basic', plus: 'Plus' } as Readonly<Record<string, string>>,
    planFacts: (memoryGiB: number, cpus: number) => `${memoryGiB} GiB memory · ${cpus} CPU`,
    perMonth: 'per month and runtime, VAT included',
    submit: 'Create workspace',
    submitting: 'Creating…',
    hostPreview: (host: string) => `Your runtimes will live under ${host}`,
    checking: 'Checking…',
    available: (name: string) => `${name} is free.`,
    checkFailed: 'Could not be checked right now; it is checked again when you create.',
    runtimes: (count: number) =>
      count === 0 ? 'No runtime' : count === 1 ? '1 runtime' : `${count} runtimes`,
    notYours: 'This workspace does not exist or is not yours. Choose one from the list.',
  },
  checkout: {
    runtimesTitle: 'Runtimes in this workspace',
    chooseAbove: 'Choose one of your runtimes in the list above, or order another one.',
    find: {
      label: 'Search by name, address or state',
      total: (count: number) => `${count} in all`,
      found: (count: number) =>
        count === 0 ? 'None found.' : count === 1 ? '1 runtime' : `${count} runtimes`,
    },
    addRuntime: 'Order another runtime',
    orderTitle: 'Order a runtime',
    runtimeName: 'Runtime name',
    runtimeNamePlaceholder: 'For example, research',
    phone: 'Mobile number for PayApp',
    phoneHint:
      'A Korean mobile number, such as 010-1234-5678. Used for this payment and not stored.',
    submit: (price: string) => `Pay ${price}`,
    submitting: 'Preparing the payment page…',
    toPayApp: 'You pay at PayApp and come back here by yourself.',
    term: 'Paid for',
    months: (count: number) => (count === 1 ? '1 month' : `${count} months`),
    total: 'In all',
    payLink: 'Go to the payment page',
    newLink: 'New payment page',
    newLinkTitle: 'A new payment page',
    newLinkText: 'It replaces the old one, so you cannot pay twice.',
    cancel: 'Cancel this order',
    cancelTitle: 'Cancel this order?',
    cancelText: 'Nothing was charged. You can order again at any time.',
    cancelConfirm: 'Yes, cancel it',
    keep: 'Keep it',
    again: 'Order again',
    payUntil: (time: string) => `Please pay by ${time}.`,
    failureCode: (code: string) => `PayApp said: ${code}`,
    order: 'Order',
    amount: 'Amount',
    paidAt: 'Paid',
    paidUntil: 'Paid until',
    renew: 'Add time',
    vatIn: (vat: string) => `including ${vat} VAT`,
    allOrders: 'All orders',
    details: 'Order details',
    promise: {
      title: 'No runtime, no charge',
      by: (due: string) => `running by ${due}`,
      text: (due: string) =>
        due === ''
          ? 'If the runtime does not come to run in the promised time, we try again, tell the operator, and in the end cancel the payment by ourselves. PayApp allows that for five days; after that the operator has it paid back.'
          : `If the runtime does not run by ${due}, we try again, tell the operator, and in the end cancel the payment by ourselves. PayApp allows that for five days; after that the operator has it paid back.`,
    },
    returned: {
      title: 'Back from PayApp: waiting for its notice',
      text: 'Coming back here proves no payment. This order counts as paid once PayApp tells us so, usually within seconds. If you have paid, do not pay again. If you closed the window before paying, open it again below.',
      unknown:
        'PayApp sent you back with an order that does not exist or is not yours. Nothing was changed.',
    },
    states: {
      draft: 'We are asking PayApp for a payment page. If nothing happens, ask for a new one.',
      awaiting_payment:
        'The payment page is open. As soon as PayApp reports the payment, we start.',
      waiting_deposit:
        'PayApp has given you a virtual account. Once your deposit arrives, setting up starts by itself; you may close this page.',
      paid: 'Your payment has arrived. Setting up starts now.',
      fulfilled: 'Your payment has arrived. Setting up starts now.',
      payment_failed: 'The payment did not go through and nothing was charged.',
      cancelled: 'This order was cancelled.',
      expired: 'The time to pay has run out and nothing was charged.',
      refund_due:
        'Your payment arrived after the order was closed, or does not match it. You get it back; the operator takes care of it.',
      refund_requested: 'The refund is under way at PayApp. You need to do nothing.',
      refunded: 'The payment was refunded.',
      partially_refunded: 'A part of the payment was refunded.',
    } satisfies Record<OrderState, string>,
  },
  wait: {
    elapsed: (time: string) => `${time} so far`,
    usually: (low: string, high: string) => `usually ${low} to ${high}`,
    slow: 'A little longer than usual, still normal.',
    late: 'Longer than almost every time before. Nothing is lost; we keep at it, and the operator is told if it fails.',
    titles: {
      provisioning: 'Setting up your server',
      verify: 'Verifying the runtime',
      smoke: 'Waiting for a real answer from the model',
    } satisfies Record<WaitKind, string>,
    leave: 'You may close this page and come back.',
  },
  runtime: {
    conditionsTitle: 'What has to be true',
    conditionsHold: (held: number, all: number) => `${held} of ${all} conditions hold`,
    later: 'Appears here once the payment has arrived.',
    verify: 'Verify now',
    verifyAgain: 'Verify again',
    verifying: 'Asking…',
    host: 'Address',
    since: (time: string) => `since ${time}`,
    conditions: {
      paid: 'Paid',
      deployed: 'Deployed',
      reachable: 'Reachable',
      verified: 'Verified',
      private: 'Private',
      codex_linked: 'Codex linked',
      smoke_passed: 'First smoke passed',
      supported: 'Safe version',
    } satisfies Record<ConditionType, string>,
    values: { true: 'Yes', false: 'No', unknown: 'Not yet' },
    reasons: {
      ok: 'Fine.',
      not_started: 'Its turn has not come yet.',
      in_progress: 'Under way.',
      waiting_payment: 'Waiting for the payment.',
      deploy_queued: 'The deployment waits in line.',
      deploy_running: 'The deployment runs.',
      deploy_failed: 'The deployment failed. We try it again by ourselves.',
      deploy_lost: 'The deployment was lost on the way. We ask for it again.',
      deployer_unreachable: 'Our deployment service does not answer. We keep trying.',
      deployer_refused: 'Our deployment service refused. We keep trying.',
      no_capacity:
        'Every server is full. The operator has been told; we look again by ourselves. If no room comes, your money goes back.',
      server_unreachable:
        'The server your runtime is on cannot be reached. The operator has been told.',
      containers_down: 'The runtime has stopped. We are starting it again.',
      agent_unreachable: 'The runtime does not answer yet. We keep looking.',
      agent_refused: 'The runtime refused our question. The operator looks at it if it stays.',
      storage_full:
        'The disk of the runtime’s server is full. Nothing is lost; the operator makes room.',
      gateway_starting: 'OpenClaw is starting.',
      gateway_unreachable: 'OpenClaw does not answer yet. We keep looking.',
      restarting:
        'Restarting, because somebody in the workspace asked for it. It comes back by itself.',
      updating: 'Being updated. We check by ourselves that it answers.',
      export_preparing: 'Being prepared for an export. OpenClaw itself stays stopped.',
      export_open: 'Stopped; it can be exported now.',
      verify_failed: 'A check did not pass. It is repeated by itself; you can also ask for it now.',
      exposure_not_tried: 'Nobody has tried from outside yet whether it is closed to strangers.',
      exposed:
        'Something of the runtime answers strangers. It stays locked until that is mended; the operator looks at it.',
      login_missing: 'Your Codex login is needed.',
      login_in_progress: 'The login is open. Finish it in step 5.',
      login_expiring: 'Your Codex login ends soon. Log in again in step 5 before it does.',
      login_expired: 'Your Codex login has expired. Log in again in step 5.',
      login_refused: 'The model no longer accepts your Codex login. Log in again in step 5.',
      smoke_not_run: 'The first smoke has not run yet.',
      smoke_running: 'The model is being asked.',
      smoke_failed: 'No proper answer came back. Try it again in step 6.',
      smoke_outdated:
        'The last smoke counts no more: since then the runtime was redeployed or the login changed. Run it once more.',
      renewal_due: 'The paid time ends soon.',
      payment_overdue: 'The paid time is over. It runs on for some days, then it is stopped.',
      retries_exhausted: 'Tried many times without success. The operator has been told.',
      version_below_floor:
        'Its OpenClaw is older than the lowest safe version. We update it by ourselves; the page of the runtime says when.',
      update_needed:
        'Its OpenClaw is older than the lowest safe version and the update did not work, so it runs on as before. The operator has been told.',
      suspended: 'The runtime is suspended.',
      deleted: 'The runtime is deleted.',
    } satisfies Record<ReasonCode, string>,
    suspended: 'This runtime is suspended. Its data is kept. Write to the operator.',
    paused: 'This runtime is paused by your workspace. Its data is kept; resume it under “Manage”.',
    unpaid:
      'This runtime was stopped because its paid time is over. Its data is kept, and a payment starts it again.',
    leaving:
      'An owner is deleting this runtime. It is stopped and kept until its date; until then an owner can keep it under “Manage”.',
    deleting: 'This runtime is being deleted.',
    deleted: 'This runtime is deleted. Its receipt is under “Manage”.',
    exposed:
      'Something of this runtime answers strangers. It cannot be opened until that is mended; the operator has been told, and you need to do nothing.',
    proof: {
      title: 'Tried from outside',
      closed: (count: number, time: string) =>
        count === 1
          ? `1 way in tried, closed · ${time}`
          : `${count} ways in tried, all closed · ${time}`,
      open: (count: number, time: string) =>
        count === 1
          ? `1 way in was found open · ${time}`
          : `${count} ways in were found open · ${time}`,
      none: 'Not tried yet. It is tried before the runtime is handed over, and every day after.',
      checks: {
        gateway_port_closed: 'The gateway’s own port answers nobody',
        ui_needs_session: 'The control page opens to nobody without a session',
        socket_needs_session: 'Nor does its live connection',
        foreign_origin_refused: 'A page from elsewhere is turned away',
        admin_paths_closed: 'There are no administration paths from outside',
        ticket_needed: 'The agent does nothing without a ticket of ours',
      } satisfies Record<ExposureCheck, string>,
      results: { pass: 'closed', fail: 'open', skipped: 'not tried here' },
    },
    degraded: 'This runtime was ready and now has a problem. We repair what we can by ourselves.',
    failed: 'Setting up did not succeed. The operator has been told; your payment is not lost.',
  },
  codex: {
    intro:
      'Link your own ChatGPT account. The login goes from this browser straight to your runtime and never through our servers.',
    start: 'Start the Codex login',
    startAgain: 'Start a new login',
    starting: 'Asking your runtime…',
    stepOpen: 'Open the OpenAI login in a new tab and sign in.',
    open: 'Open the OpenAI login',
    stepCopy:
      'The tab ends on a page that cannot load. That is expected: copy its whole address from the browser bar.',
    stepPaste: 'Paste it here.',
    callback: 'Callback address',
    placeholder: 'http://localhost:1455/auth/callback?code=…&state=…',
    submit: 'Link this login',
    submitting: 'Handing it to your runtime…',
    expires: (time: string) => `This login stays open for ${time}.`,
    expired: 'This login has expired. Start a new one.',
    elsewhere:
      'A login is open on this runtime, perhaps in another tab. You can start a new one here.',
    linked: 'Your Codex account is linked.',
    followUp: 'Linked. Starting the first smoke…',
    onceMore: 'Link another account',
    again: 'Log in again',
    warnings: {
      login_expiring: 'Your Codex login ends soon',
      login_expired: 'Your Codex login has expired',
      login_refused: 'The model no longer accepts your Codex login',
    } satisfies Record<LoginWarning, string>,
    warningNext: {
      login_expiring: 'Log in again before it does. The runtime keeps working meanwhile.',
      login_expired: 'Log in again; nothing else of your runtime is lost.',
      login_refused:
        'It may have been withdrawn, or the account has no more use of Codex. Check the account at OpenAI, then log in again.',
    } satisfies Record<LoginWarning, string>,
    device: {
      start: 'Log in with a code instead',
      starting: 'Asking OpenAI for a code…',
      open: 'Open this address, here or on any device, and sign in.',
      type: 'Type this code there.',
      code: 'Code',
      copy: 'Copy the code',
      expires: (time: string) => `The code works for ${time}.`,
      waiting: 'Waiting for you to confirm it at OpenAI. This page follows by itself.',
      warning: 'Type it only at the address above. Nobody will ever ask you for it.',
      again: 'Get a new code',
      paste: 'Log in with the address instead',
      ended: {
        cause: 'The login ended before it was confirmed.',
        next: 'It was declined at OpenAI, or the runtime restarted meanwhile. Get a new code, or log in with the address.',
      },
      expired: {
        cause: 'The code has run out.',
        next: 'Get a new one and confirm it while its time is counted.',
      },
    },
  },
  ready: {
    intro:
      'One full turn on your own login must bring back a random word we choose. Only then do we say ready.',
    smoke: 'Run the first smoke',
    smokeAgain: 'Run it again',
    asking: 'Asking…',
    receiptTitle: 'Receipt',
    receiptText: 'Your runtime answered. This is the proof.',
    nonce: 'Nonce',
    nonceMatched: 'matched',
    provider: 'Provider',
    model: 'Model',
    latency: 'Latency',
    image: 'Image',
    version: 'OpenClaw',
    at: 'Time',
    smokeId: 'Smoke',
    runtime: 'Runtime',
    nonceHash: 'Nonce (SHA-256)',
    login: 'Codex login',
    loginSince: (time: string) => `the one linked now, since ${time}`,
    print: 'Print',
    details: 'Details',
    open: 'Open my runtime',
    opening: 'Opening…',
    openHint: 'Opens in a new tab, signed in as you. The pass works once and only in this browser.',
    openNot: {
      not_role: 'Owners and members of the workspace open its runtimes. Your role is billing.',
      not_verified: 'It can be opened as soon as it is verified.',
      not_private: 'It can be opened as soon as it is proven closed to strangers.',
      exposed: 'It stays locked until the operator has closed what was found open.',
      stopped: 'A runtime that is stopped cannot be opened.',
    } satisfies Record<Exclude<EntranceView, 'open'>, string>,
    proving:
      'Your runtime has answered. Now it is tried from outside whether it is closed to strangers; then it is ready. You need to do nothing.',
    manage: 'Restart, log, usage, name',
    missing: 'The receipt cannot be shown here; the runtime is ready all the same.',
  },
  /** Said in place of what a role may not do: who can. */
  roles: {
    cannot: {
      pay: 'Ordering and paying is done by owners and billing members. Your role here is member.',
      operate:
        'Verifying, the Codex login and the smoke are done by owners and members. Your role here is billing.',
    } satisfies Partial<Record<Ability, string>>,
    unknown: 'We are looking up what you may do here.',
    who: 'See who is in the workspace',
  },
};
export type ProductCopy = typeof product;
