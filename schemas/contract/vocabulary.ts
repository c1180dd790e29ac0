/** Words that rows, functions and pages share. Lists are closed; a new word is a line in an ADR. */

export const orderStates = [
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'paid',
  'fulfilled',
  'payment_failed',
  'cancelled',
  'expired',
  'refund_due',
  'refund_requested',
  'refunded',
  'partially_refunded',
] as const;
export type OrderState = (typeof orderStates)[number];

/**
 * open: the order buys a new runtime. renew: it buys more time for one that exists. change: it buys a
 * larger plan for the time that is left.
 */
export const orderPurposes = ['open', 'renew', 'change'] as const;
export type OrderPurpose = (typeof orderPurposes)[number];

/**
 * Automatic renewal of one runtime. registering: PayApp is being asked. approving: the payer has the
 * link for the first charge. active: it was charged once at least. cancelling: no charge counts any
 * more, PayApp has not said yet that it stopped. ended: PayApp stopped, or never began.
 */
export const autopayStates = ['registering', 'approving', 'active', 'cancelling', 'ended'] as const;
export type AutopayState = (typeof autopayStates)[number];

/** Why it stopped. */
export const autopayStopReasons = [
  'member',
  /** Somebody paid for more time by hand: nobody pays twice for the same time. */
  'paid_by_hand',
  'plan_changed',
  'paused',
  'suspended',
  'refunded',
  'runtime_deleted',
  /** Two charges in a row did not come. */
  'missed',
  /** The first charge was not approved in time. */
  'not_approved',
  /** PayApp refused, or stayed silent. */
  'not_registered',
] as const;
export type AutopayStopReason = (typeof autopayStopReasons)[number];

export const runtimeStatuses = [
  'provisioning',
  'running',
  'auth_required',
  'linking',
  'ready',
  'degraded',
  'failed',
  'suspended',
  'deleting',
  'deleted',
] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

export const desiredStates = ['running', 'suspended', 'deleted'] as const;
export type DesiredState = (typeof desiredStates)[number];

/** What is true of a runtime, in the order a customer meets it. */
export const conditionTypes = [
  'paid',
  'deployed',
  'reachable',
  'verified',
  'private',
  'codex_linked',
  'smoke_passed',
  /** Its version of OpenClaw is not below the lowest safe one. */
  'supported',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

export const conditionValues = ['true', 'false', 'unknown'] as const;

/** Who has to do the next thing. */
export const actors = ['customer', 'system', 'operator', 'none'] as const;
export type Actor = (typeof actors)[number];

/** Why a condition is as it is. Each has a text in the site's copy. */
export const reasonCodes = [
  'ok',
  'not_started',
  'in_progress',
  'waiting_payment',
  'deploy_queued',
  'deploy_running',
  'deploy_failed',
  'deploy_lost',
  'deployer_unreachable',
  'deployer_refused',
  /** No server has room; the order waits. */
  'no_capacity',
  /** The whole server is out of reach, not this runtime alone. */
  'server_unreachable',
  /** The server answers, and this runtime's containers are down. */
  'containers_down',
  'agent_unreachable',
  'agent_refused',
  /** No room on the disk of the runtime's server: its agent does nothing until there is. */
  'storage_full',
  'gateway_starting',
  'gateway_unreachable',
  /** Somebody of its workspace asked for a restart, and it is not back yet. */
  'restarting',
  /** Being updated, or taken back to what it ran before. */
  'updating',
  /** Suspended, and its agent is being started alone so that it can be exported. */
  'export_preparing',
  /** Suspended, and it can be exported now: `exportUntil` says how long. */
  'export_open',
  'verify_failed',
  /** Nobody has tried yet whether it is closed to strangers. */
  'exposure_not_tried',
  'exposed',
  'login_missing',
  'login_in_progress',
  'login_expiring',
  'login_expired',
  /** The login looks alive, and the model refuses it. */
  'login_refused',
  'smoke_not_run',
  'smoke_running',
  'smoke_failed',
  'smoke_outdated',
  'retries_exhausted',
  /** Its OpenClaw is older than the lowest safe version; an update comes by itself. */
  'version_below_floor',
  /** The same, and the update did not work or cannot be begun: a person decides. */
  'update_needed',
  /** What is paid ends soon; nothing is wrong yet. */
  'renewal_due',
  /** What was paid has ended; it runs on for the days of grace, or stands still. */
  'payment_overdue',
  'suspended',
  'deleted',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const taskKinds = [
  'refund_due',
  'amount_mismatch',
  'duplicate_payment',
  'unverified_notice',
  'orphan_notice',
  'partial_refund',
  'missing_feedback',
  'provisioning_stuck',
  /** PayApp took the refund; the seller still has to pay it into the account in the detail. */
  'refund_payback',
  /** Nobody knows whether the refund happened: look at PayApp's seller page, then settle it. */
  'refund_unknown',
  'refund_refused',
  /** Money went back and nobody of us asked for it: the link key may be known to somebody. */
  'unexpected_refund',
  'notice_set_aside',
  'runtime_unpaid',
  'payment_without_runtime',
  /** PayApp refuses us for a reason only an operator can remove. */
  'payment_provider_refused',
  /** A paid runtime waits for a free slot: add a server, or open one. */
  'no_capacity',
  'server_lost',
  /** A service at the deployer that no runtime owns. Nothing deletes it by guess. */
  'orphan_compose',
  /** A runtime's service is not as we left it; the detail says what was found and done. */
  'compose_drift',
  /** The deployer forgot a service whose containers may still run: only its server knows. */
  'containers_left',
  /** A deletion of which nobody can show that it is complete; the detail says what is wanting. */
  'deletion_unproven',
  /** Something of a runtime answers strangers: it is not handed over until that is mended. */
  'runtime_exposed',
  /** No backup of a runtime was proven for three days; the detail says how the last one ended. */
  'backup_overdue',
  /** Proven backups have not got to the customer's bucket for three days; the detail has the code. */
  'offsite_overdue',
  /** A charge of an automatic renewal was due and nothing was heard: see whether money moved. */
  'autopay_missed',
  /** PayApp does not confirm that an automatic renewal stopped: end it at PayApp's seller page. */
  'autopay_not_cancelled',
  /** A charge that no agreement accounts for: its money goes back, its source is to be ended. */
  'autopay_unknown',
  /** A legacy tenant paid another amount than its document asks for. */
  'billing_amount_mismatch',
  /** A legacy document is settled already, or gone, and money came for it. */
  'billing_paid_again',
  /** Money of a legacy document went back, in full or in part. */
  'billing_money_returned',
  /** A notice did not reach anybody it was for, or not all of them. */
  'message_undelivered',
  /** Three runtimes of a ring went back to what they ran before: nothing of it begins any more. */
  'update_ring_stopped',
  /** All of a ring that could be updated went back: nothing follows by itself. */
  'update_ring_waits',
  /** A runtime went back to its old version and does not come up with it either. */
  'update_stuck',
  /** An update is due and cannot begin: no room for the copy of the state. */
  'update_blocked',
  /** Its update went back, and what it runs is not safe. */
  'update_needed',
  /** A notice of an order of ours came with other keys than ours: PayApp's are not those in `.env`. */
  'feedback_keys_differ',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/** open: takes runtimes. draining: keeps what it has, takes no new ones. closed: out of use. */
export const serverStates = ['open', 'draining', 'closed'] as const;
export type ServerState = (typeof serverStates)[number];

/**
 * How the newest refund of an order stands. pending: being asked for, or its answer was lost.
 * requested: PayApp took the request, the money is not back yet. done: the money is back.
 * refused: PayApp refused, an operator has it.
 */
export const refundStates = ['pending', 'requested', 'done', 'refused'] as const;
export type RefundState = (typeof refundStates)[number];

/** Steps of one refund; `…ing` is written before PayApp is called, `unknown` when it stayed silent. */
export const refundSteps = [
  'cancelling',
  'requesting',
  'requested',
  'unknown',
  'done',
  'refused',
] as const;
export type RefundStep = (typeof refundSteps)[number];

/** How a late promise stands: provisioning was started anew, an operator was told. */
export const promiseStages = ['retried', 'reported'] as const;
export type PromiseStage = (typeof promiseStages)[number];

/** A legacy tenant's billing document: to be paid, paid, or not wanted any more. */
export const billingDocumentStates = ['due', 'paid', 'void'] as const;
export type BillingDocumentState = (typeof billingDocumentStates)[number];

/**
 * One pay link for a document. requested: PayApp is being asked. unknown: it stayed silent. failed:
 * it refused. mismatch: another amount was paid. Paid or returned, PayApp's notice said so.
 */
export const billingRequestStates = [
  'requested',
  'link',
  'unknown',
  'failed',
  'cancelled',
  'paid',
  'mismatch',
  'returned',
] as const;
export type BillingRequestState = (typeof billingRequestStates)[number];

/** What a member of a workspace is; `roles.ts` says what each may do. */
export const workspaceRoles = ['owner', 'member', 'billing'] as const;
export type WorkspaceRole = (typeof workspaceRoles)[number];

export const locales = ['ko', 'en'] as const;
export type Locale = (typeof locales)[number];

/** What customers are told by e-mail. Each is sent once per (subject, kind, occasion). */
export const messageKinds = [
  'receipt',
  'ready',
  /** Occasions: seven, three days and one before the end. */
  'renewal_due',
  'grace',
  'suspended',
  'resumed',
  /** Occasions: `first`, `second`. */
  'deletion_warning',
  /** An owner is deleting it; the date until which that can be taken back. */
  'deletion_planned',
  'deleted',
  'login_expiring',
  'login_lost',
  /** Proven backups do not get to the customer's own bucket. */
  'copies_failing',
  'update_planned',
  'update_done',
  'update_rolled_back',
  'member_invited',
  /** A charge of the automatic renewal did not come. */
  'autopay_failed',
  'autopay_ended',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/**
 * pending: nobody has it yet, and it is being tried. sent: everybody who was left to be told has it.
 * failed: given up; a task says so. dropped: there was nobody to tell, and that is no mistake.
 */
export const messageStates = ['pending', 'sent', 'failed', 'dropped'] as const;
export type MessageState = (typeof messageStates)[number];
