/** JSON columns of `runtimes`: conditions (what is true and who acts next), receipt, facts. */
import * as z from 'zod/mini';
import {
  checkReport,
  codexStatuses,
  endedAttempt,
  exposureReport,
  gatewayStatuses,
  smokeReport,
  verifyAnswer,
} from '../contract/agent.ts';
import { backupReport, keptBackup, listedBackup } from '../contract/agent-backup.ts';
import { noOffsite, offsiteState } from '../contract/agent-offsite.ts';
import { restoreReport } from '../contract/agent-restore.ts';
import { conditionsView, receiptView } from '../contract/rows.ts';
import type { ConditionsView, ReceiptView } from '../contract/rows.ts';
import { usageReport } from '../contract/usage.ts';
import { removalProblems } from '../contract/deletion.ts';
import { reasonCodes } from '../contract/vocabulary.ts';

export const conditions = conditionsView;
export type Conditions = ConditionsView;
export type Condition = ConditionsView[number];
export const receipt = receiptView;
export type Receipt = ReceiptView;
/** Null: none was given yet. */
export const issuedReceipt = z.nullable(receiptView);

/** Result of the last look: when, and why it could not be taken (a reason code) if it could not. */
const seen = {
  observedAt: z._default(z.nullable(z.string()), null),
  error: z._default(z.nullable(z.enum(reasonCodes)), null),
};

export const machineStates = ['up', 'down', 'started', 'server_unreachable'] as const;
export const takedownStates = ['stopped', 'gone', 'left'] as const;

/** What is known of a runtime. Observations, never wishes; every field may be absent in old rows. */
export const facts = z.object({
  /** The slot it holds: `serverId` is ours, `dokployServerId` null = Dokploy's own machine. */
  placement: z._default(
    z.object({
      ...seen,
      slotId: z.nullable(z.string()),
      serverId: z.nullable(z.string()),
      dokployServerId: z.nullable(z.string()),
      /** Since when no server has had room for it. */
      waitingSince: z.nullable(z.string()),
    }),
    {
      observedAt: null,
      error: null,
      slotId: null,
      serverId: null,
      dokployServerId: null,
      waitingSince: null,
    },
  ),
  project: z._default(
    z.object({ ...seen, projectId: z.nullable(z.string()), environmentId: z.nullable(z.string()) }),
    { observedAt: null, error: null, projectId: null, environmentId: null },
  ),
  compose: z._default(
    z.object({
      ...seen,
      composeId: z.nullable(z.string()),
      /** Hash of what was last written to it (file, domain, command): equal = nothing to write. */
      configHash: z.nullable(z.string()),
      domainId: z.nullable(z.string()),
    }),
    { observedAt: null, error: null, composeId: null, configHash: null, domainId: null },
  ),
  deployment: z._default(
    z.object({
      ...seen,
      /** Unique title `<runtime>:<attempt>`; correlates, since deploy returns no id. */
      title: z.nullable(z.string()),
      attempt: z.number(),
      configHash: z.nullable(z.string()),
      status: z.enum(['none', 'requested', 'running', 'done', 'error', 'cancelled', 'lost']),
      requestedAt: z.nullable(z.string()),
      /** Our clock, when the end was first seen. */
      finishedAt: z.nullable(z.string()),
      /** Smoke known when this deployment was asked for: it proves nothing about what runs now. */
      precedingSmokeId: z._default(z.nullable(z.string()), null),
      /** It was ready before: its smoke is asked for by itself once this deployment is done. */
      proves: z._default(z.boolean(), false),
    }),
    {
      observedAt: null,
      error: null,
      title: null,
      attempt: 0,
      configHash: null,
      status: 'none',
      requestedAt: null,
      finishedAt: null,
      precedingSmokeId: null,
      proves: false,
    },
  ),
  /** What its machine showed when the agent was silent for long; null = not looked, or well again. */
  machine: z._default(z.object({ ...seen, state: z.nullable(z.enum(machineStates)) }), {
    observedAt: null,
    error: null,
    state: null,
  }),
  /** How far taking down has come. `left`: the service is gone, containers of it may still run. */
  takedown: z._default(z.object({ ...seen, state: z.nullable(z.enum(takedownStates)) }), {
    observedAt: null,
    error: null,
    state: null,
  }),
  /** What was seen of its deletion since its service went. Begun anew with every deployment. */
  removal: z._default(
    z.object({
      ...seen,
      /** Where Docker knows it; noted before its service is deleted, which nobody could ask later. */
      target: z.nullable(z.object({ appName: z.string(), serverId: z.nullable(z.string()) })),
      serviceAt: z.nullable(z.string()),
      /** When Docker listed none of its containers and volumes, on a server that answers. */
      emptyAt: z.nullable(z.string()),
      volumes: z.nullable(z.enum(['not_listed', 'not_shown', 'never_made'])),
      routeAt: z.nullable(z.string()),
      route: z.nullable(z.enum(['no_answer', 'other_answer'])),
      slotAt: z.nullable(z.string()),
      /** The receipt is on the row and in the history. */
      receiptAt: z.nullable(z.string()),
      /** What is wanting. */
      problem: z.nullable(z.enum(removalProblems)),
    }),
    {
      observedAt: null,
      error: null,
      target: null,
      serviceAt: null,
      emptyAt: null,
      volumes: null,
      routeAt: null,
      route: null,
      slotAt: null,
      receiptAt: null,
      problem: null,
    },
  ),
  agent: z._default(
    z.object({
      ...seen,
      gateway: z.nullable(z.enum(gatewayStatuses)),
      version: z.nullable(z.string()),
    }),
    { observedAt: null, error: null, gateway: null, version: null },
  ),
  codex: z._default(
    z.object({
      ...seen,
      status: z.enum(codexStatuses),
      attemptId: z.nullable(z.string()),
      attemptExpiresAt: z.nullable(z.string()),
      /** Opaque name of the login: a smoke or a check under another one proves nothing. */
      loginId: z._default(z.nullable(z.string()), null),
      /** How the last attempt ended. */
      ended: z._default(z.nullable(endedAttempt), null),
    }),
    {
      observedAt: null,
      error: null,
      status: 'unknown',
      attemptId: null,
      attemptExpiresAt: null,
      loginId: null,
      ended: null,
    },
  ),
  verify: z._default(z.object({ ...seen, report: z.nullable(verifyAnswer) }), {
    observedAt: null,
    error: null,
    report: null,
  }),
  /** The proof that nothing answers strangers; cleared when a deployment is asked for. */
  exposure: z._default(z.object({ ...seen, report: z.nullable(exposureReport) }), {
    observedAt: null,
    error: null,
    report: null,
  }),
  smoke: z._default(
    z.object({
      ...seen,
      report: z.nullable(smokeReport),
      /** SHA-256 of the nonce that this report's turn had to return, hex; '' = not known. */
      nonceHash: z._default(z.string(), ''),
    }),
    { observedAt: null, error: null, report: null, nonceHash: '' },
  ),
  /** The daily question whether the model still takes the login. */
  check: z._default(
    z.object({
      ...seen,
      report: z.nullable(checkReport),
      /** The login that was asked about. */
      loginId: z.nullable(z.string()),
      /** The login that the model refused, and when by the tenant's clock; a later yes ends it. */
      refused: z.nullable(z.object({ loginId: z.nullable(z.string()), atMs: z.number() })),
    }),
    { observedAt: null, error: null, report: null, loginId: null, refused: null },
  ),
  /**
   * How far the newest restart has come: `stopped` = its containers are down, `started` = told to
   * come up again. Another id than the row's: not begun.
   */
  restart: z._default(
    z.object({
      ...seen,
      restartId: z.nullable(z.string()),
      state: z.nullable(z.enum(['stopped', 'started'])),
    }),
    { observedAt: null, error: null, restartId: null, state: null },
  ),
  /** What it used when that was last written down: once in its own day, or with another band. */
  usage: z._default(z.nullable(usageReport), null),
  /** Backups on the tenant. Counted is what the agent lists, and it lists proven ones only. */
  backup: z._default(
    z.object({
      ...seen,
      /** The last one asked for; what it does just now is not kept. */
      report: z.nullable(backupReport),
      /** The runtime's own day for which one was last taken on. */
      day: z.nullable(z.number()),
      newest: z.nullable(keptBackup),
      /** Newest first. */
      kept: z.array(listedBackup),
      /** Since when one has been asked for in vain; null = the last one was proven. */
      owedSince: z.nullable(z.string()),
      /** Another runtime of its server is being backed up: not asked for before. */
      waitsUntil: z._default(z.nullable(z.string()), null),
    }),
    {
      observedAt: null,
      error: null,
      report: null,
      day: null,
      newest: null,
      kept: [],
      owedSince: null,
      waitsUntil: null,
    },
  ),
  /** Copies off the machine: states and times; where they go only the tenant knows. */
  offsite: z._default(offsiteState, noOffsite),
  /** The newest deployment that was made for an export alone, by its title. */
  export: z._default(
    z.object({
      ...seen,
      title: z.nullable(z.string()),
      /** Its agent was seen to answer. */
      answers: z.boolean(),
    }),
    { observedAt: null, error: null, title: null, answers: false },
  ),
  /** A backup that is brought back, as the agent tells of it. */
  restore: z._default(
    z.object({
      ...seen,
      report: z.nullable(restoreReport),
      /** When it was first seen to run on the restored state, by our clock. */
      swappedAt: z.nullable(z.string()),
    }),
    { observedAt: null, error: null, report: null, swappedAt: null },
  ),
  /** Users with a session in the Control UI who may not have one: theirs are to end. */
  access: z._default(z.object({ ...seen, strangers: z.array(z.string()) }), {
    observedAt: null,
    error: null,
    strangers: [],
  }),
});
export type Facts = z.infer<typeof facts>;
export const noFacts: Facts = facts.parse({});

/** What tells two entries of one kind apart, where an entry is written at most once. */
export const carriedKey = z.object({ key: z._default(z.string(), '') });

/** In the detail of an entry of the timeline that is about something else than the status. */
export const carriedStatus = z.object({ status: z._default(z.nullable(z.string()), null) });
