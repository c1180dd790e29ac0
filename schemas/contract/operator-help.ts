/**
 * What the operator function can be asked for, with a body to paste for each: in the Appwrite
 * console, with the CLI, by hand. `GET /help` answers this list with ids of rows that exist.
 */
import type * as z from 'zod/mini';
import type { BodyOf, Operation } from './operation.ts';
import * as billing from './operator-billing.ts';
import * as fleet from './operator-fleet.ts';
import * as machines from './operator-runtimes.ts';
import * as updates from './operator-updates.ts';
import { overview } from './operator-overview.ts';
import * as contract from './operator.ts';

type AnyOperation = Operation<z.ZodMiniType, z.ZodMiniType>;

/**
 * reads: changes nothing. writes: pasted as it is, it changes rows of ours. asks: it also asks PayApp
 * or Dokploy for something that can be undone. guarded: it moves money or takes something away, so
 * pasted as it is it only says that the confirmation is missing.
 */
export type HelpEffect = 'reads' | 'writes' | 'asks' | 'guarded';

export interface HelpEntry {
  readonly operation: AnyOperation;
  readonly effect: HelpEffect;
  readonly what: string;
  readonly sample: object;
}

/** Stand for the newest row of each kind; `GET /help` puts its id (and revision) there. */
export const exampleIds = {
  orderId: 'ORDER-ID',
  runtimeId: 'RUNTIME-ID',
  taskId: 'TASK-ID',
  inviteId: 'INVITE-ID',
  tenantId: 'TENANT-ID',
  documentId: 'DOCUMENT-ID',
  requestId: 'REQUEST-ID',
  /** Stays as it is: the help asks Dokploy for nothing. */
  deploymentId: 'DEPLOYMENT-ID',
} as const;

/** Never equal to an id: whoever means it types the id in its place. */
const confirmation = 'TYPE THE ID HERE';

const entry = <O extends AnyOperation>(
  operation: O,
  effect: HelpEffect,
  say: { readonly what: string; readonly sample: BodyOf<O> & object },
): HelpEntry => ({ operation, effect, ...say });

const { orderId, runtimeId, taskId, inviteId, tenantId, documentId, requestId } = exampleIds;

export const helpEntries: readonly HelpEntry[] = [
  entry(overview, 'reads', {
    what: 'How it goes: funnel, times to ready, orders and refunds by day, runtimes, tasks.',
    sample: { days: 30 },
  }),
  entry(contract.createInvite, 'writes', {
    what: 'Makes an invite. The token is in this answer only. "email" binds it to one address.',
    sample: { note: 'made from the console', expiresInDays: 14 },
  }),
  entry(contract.createInvites, 'writes', {
    what: 'Makes many invites: one for each of "emails", or "count" open ones.',
    sample: { count: 2, note: 'for a team', expiresInDays: 14 },
  }),
  entry(contract.listInvites, 'reads', {
    what: 'Invites, newest first. "cursor": the nextCursor of the page before.',
    sample: {},
  }),
  entry(contract.revokeInvite, 'writes', {
    what: 'Withdraws an invite that is not used yet.',
    sample: { inviteId },
  }),
  entry(contract.listTasks, 'reads', {
    what: 'What waits for a person, oldest first.',
    sample: {},
  }),
  entry(contract.closeTask, 'writes', {
    what: 'Takes a task off the list. "note" goes to the log.',
    sample: { taskId, note: 'done by hand' },
  }),
  entry(contract.listOrders, 'reads', {
    what: 'Orders, newest first. "state" narrows, "orderId" finds one.',
    sample: { state: 'paid' },
  }),
  entry(contract.history, 'reads', {
    what: 'History of an order or a runtime, or of "audit-<id>": who did what to it, and why.',
    sample: { subjectId: orderId },
  }),
  entry(contract.refundOrder, 'guarded', {
    what: 'Gives money back. "amountKrw": null = all that is left. "confirmation": the order id.',
    sample: { orderId, revision: 0, amountKrw: null, reason: 'asked for', confirmation },
  }),
  entry(contract.settleRefund, 'guarded', {
    what: 'Writes down how a refund ended, after a look at PayApp’s seller page.',
    sample: {
      orderId,
      revision: 0,
      refundNo: 1,
      outcome: 'refunded',
      reason: 'seen on the seller page',
      confirmation,
    },
  }),
  entry(contract.composeStatus, 'reads', {
    what: 'Runtimes, newest first, beside what Dokploy says of them.',
    sample: {},
  }),
  entry(contract.recentDeployments, 'reads', {
    what: 'Newest deployments; "runtimeId" narrows.',
    sample: {},
  }),
  entry(machines.showRuntime, 'reads', {
    what: 'One runtime: conditions, compose status, newest deployments, what can be done with it.',
    sample: { runtimeId },
  }),
  entry(machines.deploymentLog, 'reads', {
    what: 'End of a deployment’s log, redacted. "deploymentId": from /runtimes/show.',
    sample: { runtimeId, deploymentId: exampleIds.deploymentId },
  }),
  entry(machines.actOnRuntime, 'reads', {
    what:
      'Actions: retry, redeploy, restart, suspend, resume, delete. With "dryRun" true it only says what ' +
      'would happen; delete also wants "confirmation": the runtime id.',
    sample: { runtimeId, revision: 0, action: 'retry', reason: 'customer asked', dryRun: true },
  }),
  entry(updates.showUpdates, 'reads', {
    what: 'Versions of OpenClaw: what each ring is to run, how far that is, what went back and why.',
    sample: {},
  }),
  entry(updates.setTarget, 'reads', {
    what:
      'What a ring (canary, half, all) is to run: an image by digest and its version. With "dryRun" true ' +
      'it only says how many it concerns.',
    sample: {
      ring: 'canary',
      image: 'ghcr.io/openclaw/openclaw:2026.9.6',
      version: '2026.9.6',
      noticeHours: 24,
      soakMinutes: 360,
      reason: 'new release',
      dryRun: true,
    },
  }),
  entry(updates.raiseFloor, 'reads', {
    what:
      'The lowest safe version. Whoever is below is updated within "graceHours", held or not. With ' +
      '"dryRun" true it only says how many it concerns.',
    sample: { version: '2026.9.6', graceHours: 72, reason: 'security release', dryRun: true },
  }),
  entry(updates.haltRing, 'reads', {
    what: 'Stops a ring ("stop"), or goes on with it and forgets its failures ("resume").',
    sample: { ring: 'canary', action: 'stop', reason: 'looked wrong', dryRun: true },
  }),
  entry(updates.chooseRing, 'reads', {
    what: 'Puts a runtime into a ring; null: into the one that its id says.',
    sample: { runtimeId, ring: 'canary', reason: 'ours', dryRun: true },
  }),
  entry(fleet.fleetOverview, 'reads', {
    what: 'All runtimes: versions, disk, memory, logins, backups, terms, and what is at risk.',
    sample: { risk: 'any', sort: 'risk', page: 0 },
  }),
  entry(fleet.actOnFleet, 'reads', {
    what: 'One action over several runtimes; with "dryRun" false it is done, each with its audit entry.',
    sample: {
      targets: [{ runtimeId, revision: 1 }],
      action: 'retry',
      reason: 'looked stuck',
      dryRun: true,
    },
  }),
  entry(contract.listServers, 'reads', {
    what: 'Servers, and how many slots are held.',
    sample: {},
  }),
  entry(contract.saveServer, 'writes', {
    what: 'Adds a server or changes one. "closed" places nothing there.',
    sample: {
      serverId: 'example-1',
      dokployServerId: null,
      region: 'seoul',
      slotMemoryMiB: 4096,
      slots: 0,
      state: 'closed',
    },
  }),
  entry(billing.lookUpBilling, 'reads', {
    what: 'Billing documents of a legacy tenant, and every pay link made for them.',
    sample: { tenantId },
  }),
  entry(billing.makePayLink, 'asks', {
    what: 'Makes a PayApp link over what a document asks for. "texts": PayApp texts it to the phone.',
    sample: { documentId, amountKrw: 0, texts: false },
  }),
  entry(billing.cancelPayLink, 'asks', {
    what: 'Kills a pay link that nobody has paid.',
    sample: { requestId, reason: 'sent to the wrong person' },
  }),
  entry(billing.importBilling, 'reads', {
    what: 'Takes legacy documents over (CSV or JSON); with "dryRun" false it writes them.',
    sample: {
      format: 'csv',
      text: 'documentId,tenantId,name,amountKrw,status\n2026-11-acme,acme,Acme,55000,due',
      dryRun: true,
    },
  }),
];
