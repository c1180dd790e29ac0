/** A made-up runtime that is looked after, one set for every state of the page. */
import { errorInfo } from '#schemas/contract/errors.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { RuntimeRow } from '#schemas/contract/rows.ts';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import type { ReasonCode } from '#schemas/contract/vocabulary.ts';
import type { BackupCode } from '#schemas/contract/agent-backup.ts';
import type { CopyView, OffsiteAnswer, OffsiteState } from '#schemas/contract/agent-offsite.ts';
import type { RestoreCode, RestoreProblem } from '#schemas/contract/agent-restore.ts';
import { removedThings } from '#schemas/contract/deletion.ts';
import type { DeletionReason, Proof, RemovedThing } from '#schemas/contract/deletion.ts';
import type { UsageReport } from '#schemas/contract/usage.ts';
import type { LogLine } from '#schemas/contract/watch.ts';
import type { WatchState } from '../flow/log-lines.ts';
import type { Keeper } from '../state/keeper.svelte.ts';
import { updateRecord } from '#schemas/contract/updates.ts';
import type { UpdateRecord } from '#schemas/contract/updates.ts';
import { runtimeFixture } from './fixtures.ts';

const gibibyte = 1_024 ** 3;

const made = (days: number, code: BackupCode | null = 'proven', more: object = {}): string => {
  const at = (age: number): number => Date.now() - age * 24 * 3_600_000 - 3_600_000;
  const kept = Array.from({ length: days }, (_, age) => ({
    ...{ backupId: `day-${20_800 - age}`, madeAtMs: at(age), sizeBytes: 4_812_300 - age * 70_000 },
  }));
  const [first] = kept;
  const proof = { digest: 'a'.repeat(64), openclawVersion: '2026.9.6' };
  const newest =
    first === undefined ? null : { ...first, ...proof, provenAtMs: first.madeAtMs + 41_000 };
  const times = { startedAtMs: at(0), finishedAtMs: code === 'running' ? null : at(0) + 41_000 };
  const report = code === null ? null : { backupId: 'day-20800', code, step: null, ...times };
  return JSON.stringify({ backup: { report, newest, kept }, ...more });
};
const brought = (code: RestoreCode, problem: RestoreProblem | null = null): RuntimeRow => {
  const report = { restoreId: 'restore-1', backupId: 'day-20800', code, problem, atMs: Date.now() };
  return { ...ready, facts: made(4, 'proven', { restore: { report } }) };
};

const keyAtMs = Date.now() - 9 * 24 * 3_600_000;
const offsite = (newest: OffsiteState['newest'], isSet = true): RuntimeRow => {
  const bucketAtMs = isSet ? keyAtMs + 600_000 : null;
  const owedSinceMs = newest?.state === 'failed' ? Date.now() - 4 * 24 * 3_600_000 : null;
  return {
    ...ready,
    facts: made(5, 'proven', { offsite: { keyAtMs, bucketAtMs, newest, owedSinceMs } }),
  };
};
const copyThat = (state: CopyView['state'], code: CopyView['code'] = null): CopyView => ({
  ...{ state, code },
  atMs: Date.now() - 3_500_000,
});
const told: OffsiteAnswer = {
  state: { keyAtMs, bucketAtMs: keyAtMs + 600_000, newest: null, owedSinceMs: null },
  recipient: `age1${'q'.repeat(58)}`,
  bucket: {
    endpoint: 'https://s3.ap-northeast-2.amazonaws.com',
    region: 'ap-northeast-2',
    bucket: 'my-openclaw-backups',
    prefix: 'team/b41dd0c67f0a',
    keyIdEnd: 'Q7ZD',
  },
};

export interface ManageScene {
  readonly runtime: RuntimeRow | null;
  readonly others: readonly RuntimeRow[];
  readonly mayOperate: boolean;
  readonly mayEnter: boolean;
  readonly mayExport: boolean;
  readonly mayOffsite: boolean;
  readonly mayDelete: boolean;
  readonly roleKnown: boolean;
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly begin?: (keeper: Keeper) => void;
}

const usage = (memory: number, left: number): UsageReport => ({
  atMs: Date.now() - 3_600_000,
  memoryBytes: memory * gibibyte,
  diskTotalBytes: 160 * gibibyte,
  diskAvailableBytes: left * gibibyte,
  stateBytes: 61 * 1_024 ** 2,
  stateAtMs: Date.now() - 40 * 3_600_000,
});

const said: readonly (readonly [LogLine['level'], string, string])[] = [
  ['info', 'gateway', 'starting HTTP server...'],
  ['info', 'gateway', 'http server listening (13 plugins: anthropic, browser, canvas; 1.9s)'],
  ['info', 'gateway', 'agent model: openai/gpt-5.5 (thinking=medium, fast=off)'],
  ['debug', 'cron', 'job added {"jobId":"96c45bc4-b8a8-4f60-8e40-63706b823dc0"}'],
  ['info', 'gateway/ws', 'authenticated user connected conn=6bcbcbd4-3dc0-4e7a-a2de-63f09f7cb3af'],
  ['warn', 'gateway', 'remote model catalog refresh failed'],
  ['info', 'auth', 'linked [e-mail]; opened https://auth.openai.com/oauth/authorize?[masked]'],
  ['error', 'agent', 'turn ended: the tool wrote nothing for 120 s\n  at run (agent.js:41)'],
];
const lines: readonly LogLine[] = said.map(([level, source, text], index) => ({
  at: new Date(Date.UTC(2026, 10, 27, 4, 12, index * 7)).toISOString(),
  level,
  source,
  text,
}));

const show =
  (state: WatchState, more: (keeper: Keeper) => void = () => undefined) =>
  (keeper: Keeper): void => {
    keeper.log.take({ kind: 'lines', first: true, lines: [...lines], skipped: 0 });
    keeper.log.state = state;
    more(keeper);
  };
const measured =
  (report: UsageReport) =>
  ({ log }: Keeper): void => {
    log.usage = report;
  };
const failing = (code: ErrorCode) => ({ code, retryable: errorInfo[code].retryable });

const ready = runtimeFixture('ready', {
  codex_linked: ['true', 'ok', 'none'],
  smoke_passed: ['true', 'ok', 'none'],
});
const restarting = runtimeFixture('running', {
  reachable: ['unknown', 'restarting', 'system'],
  verified: ['unknown', 'not_started', 'system'],
});
const scene = (extra: Partial<ManageScene> = {}): ManageScene => ({
  runtime: ready,
  others: [ready],
  mayOperate: true,
  mayEnter: true,
  mayExport: true,
  mayOffsite: true,
  mayDelete: true,
  roleKnown: true,
  loaded: true,
  failed: false,
  begin: show('live', measured(usage(0.78, 74))),
  ...extra,
});
const inDays = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
const updated = (
  updateState: NonNullable<RuntimeRow['updateState']>,
  more: Partial<UpdateRecord> = {},
): RuntimeRow => {
  const [from, to] = ['2026.9.5', '2026.9.6'].map((version) => ({ image: 'openclaw', version }));
  const update = updateRecord.parse({
    ...{ updateId: 'update-1', why: 'target', from, to, latestAt: null },
    ...{ earliestAt: inDays(0), startsAt: inDays(1), ...more },
  });
  const facts = JSON.stringify({ agent: { version: '2026.9.5' } });
  return { ...ready, facts, updateState, update: JSON.stringify(update) };
};
const hoursAgo = new Date(Date.now() - 3 * 3_600_000).toISOString();
const stopped = (suspendedFor: RuntimeRow['suspendedFor']): RuntimeRow =>
  runtimeFixture('suspended', {}, { suspendedFor, suspendedAt: hoursAgo, pausedAt: hoursAgo });
const inHours = (hours: number): string => inDays(hours / 24);
const exported = (reason: ReasonCode, hours = 2.7): RuntimeRow =>
  runtimeFixture(
    'suspended',
    { deployed: ['unknown', reason, 'system'] },
    { suspendedFor: 'unpaid', suspendedAt: hoursAgo, exportUntil: inHours(hours) },
  );
const refusedFile = (code: AgentErrorCode) =>
  show('live', ({ leaving }) => {
    leaving.refusal = { kind: 'refused', code, retryable: false, loginEnded: false };
  });
const leaving = (why: 'leaving' | 'unpaid' = 'leaving', days = 5): RuntimeRow => ({
  ...stopped(why),
  pausedAt: null,
  deletesAt: inDays(days),
});
const gone = (
  status: 'deleting' | 'deleted',
  volumes: Proof | null,
  reason: DeletionReason = 'customer',
): RuntimeRow => {
  const asked = {
    reason,
    askedBy: reason === 'unpaid' ? 'system' : '68f1c2a9d4',
    askedAt: inDays(-7),
  };
  const proofs: Readonly<Record<RemovedThing, Proof>> = {
    service: 'gone',
    containers: volumes === 'declared' ? 'declared' : 'not_listed',
    volumes: volumes ?? 'not_listed',
    backups: 'with_volumes',
    copies: 'with_volumes',
    route: 'other_answer',
    slot: 'given_back',
    bucket: 'yours',
  };
  const receipt = {
    ...{ runtimeId: 'b41dd0c67f0a', ...asked, deletedAt: hoursAgo, version: '2026.9.6' },
    lines: removedThings.map((what) => ({ what, proof: proofs[what], seenAt: hoursAgo })),
    lastBackup: { backupId: 'day-20800', madeAt: inDays(-8) },
    backups: 8,
    declaredBy: volumes === 'declared' ? 'operator-1' : null,
  };
  const told = JSON.stringify({ ...asked, receipt: volumes === null ? null : receipt });
  const isOld = status === 'deleted' && volumes === null;
  return { ...runtimeFixture(status), deletion: isOld ? null : told };
};
const longName = 'Recherche und Entwicklung für besonders langlebige Wintergärten';

export const manageScenes: Readonly<Record<string, ManageScene>> = {
  live: scene(),
  full: scene({
    begin: show('live', (keeper) => {
      measured(usage(1.92, 3.1))(keeper);
      keeper.log.skipped = 412;
    }),
  }),
  tight: scene({ begin: show('live', measured(usage(1.7, 4.2))) }),
  paused: scene({
    begin: show('live', ({ log }) => {
      log.hold();
      log.take({ kind: 'lines', first: false, lines: [...lines], skipped: 0 });
    }),
  }),
  connecting: scene({ begin: ({ log }) => (log.state = 'connecting') }),
  away: scene({ begin: show('away') }),
  waiting: scene({
    runtime: { ...ready, status: 'degraded', facts: JSON.stringify({ usage: usage(0.7, 80) }) },
    begin: show('waiting'),
  }),
  refused: scene({
    begin: ({ log }) => {
      log.state = 'refused';
      log.refusal = 'watch_full';
    },
  }),
  ended: scene({ begin: show('ended') }),
  restarting: scene({ runtime: restarting, others: [restarting], begin: show('waiting') }),
  'restart-refused': scene({
    begin: show('live', ({ restarting: asking }) => {
      asking.failure = failing('too_many_requests');
    }),
  }),
  'backed-up': scene({ runtime: { ...ready, facts: made(11) } }),
  'backup-running': scene({ runtime: { ...ready, facts: made(3, 'running') } }),
  'backup-failed': scene({ runtime: { ...ready, facts: made(2, 'storage_full') } }),
  'restore-swapped': scene({ runtime: brought('swapped') }),
  'restore-kept': scene({ runtime: brought('kept') }),
  'restore-returned': scene({ runtime: brought('returned') }),
  'restore-failed': scene({ runtime: brought('failed', 'storage_full') }),
  'backup-refused': scene({
    begin: show('live', ({ backingUp }) => {
      backingUp.failure = failing('too_many_requests');
    }),
  }),
  'offsite-key': scene({ runtime: offsite(null, false) }),
  'offsite-fresh': scene({
    runtime: offsite(null, false),
    begin: show('live', (keeper) => {
      const identity = `AGE-SECRET-KEY-1${'QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`;
      keeper.offsite.fresh = { identity, recipient: `age1${'q'.repeat(58)}` };
    }),
  }),
  'offsite-taken': scene({
    runtime: offsite(null),
    begin: show('live', (keeper) => (keeper.offsite.done = 'set_bucket')),
  }),
  'offsite-refused': scene({
    runtime: offsite(null, false),
    begin: show('live', (keeper) => {
      keeper.offsite.typing = true;
      const code = 'bucket_denied';
      keeper.offsite.refusal = { kind: 'refused', code, retryable: false, loginEnded: false };
    }),
  }),
  'offsite-copied': scene({
    runtime: offsite(copyThat('copied')),
    begin: show('live', (keeper) => (keeper.offsite.known = told)),
  }),
  'offsite-failed': scene({ runtime: offsite(copyThat('failed', 'bucket_unreachable')) }),
  'offsite-member': scene({ runtime: offsite(copyThat('copied')), mayOffsite: false }),
  'export-started': scene({ begin: show('live', ({ leaving }) => (leaving.downloading = true)) }),
  'export-preparing': scene({ runtime: exported('export_preparing'), begin: () => undefined }),
  'export-open': scene({ runtime: exported('export_open'), begin: () => undefined }),
  'export-stuck': scene({ runtime: exported('retries_exhausted'), begin: () => undefined }),
  'export-limit': scene({
    runtime: { ...stopped('unpaid'), pausedAt: null },
    begin: ({ leaving }) => {
      leaving.exporting.failure = failing('export_limit');
    },
  }),
  'export-member': scene({ mayExport: false, mayOffsite: false }),
  'import-sending': scene({ begin: show('live', ({ leaving }) => (leaving.share = 0.42)) }),
  'import-arrived': scene({
    runtime: { ...ready, facts: made(3, 'running') },
    begin: show('live', ({ leaving }) => {
      leaving.arrived = {
        ...{ backupId: 'import-1', origin: 'import', code: 'running', step: 'unpacking' },
        ...{ startedAtMs: Date.now(), finishedAtMs: null },
      };
    }),
  }),
  'import-problem': scene({
    begin: show('live', ({ leaving }) => (leaving.problem = 'other_kind')),
  }),
  'import-refused': scene({ begin: refusedFile('import_malformed') }),
  'update-planned': scene({ runtime: updated('planned') }),
  'update-urgent': scene({
    runtime: {
      ...updated('planned', { why: 'floor', latestAt: inDays(3) }),
      updatesHeldUntil: inDays(20),
      quietHour: 23,
      timeZone: 'America/Los_Angeles',
    },
  }),
  'update-applying': scene({ runtime: updated('applying') }),
  'update-returning': scene({ runtime: updated('returning') }),
  'update-done': scene({ runtime: updated('done', { endedAt: inDays(-1) }) }),
  'update-back': scene({
    runtime: updated('rolled_back', { endedAt: inDays(-1), failure: 'smoke_failed' }),
  }),
  'times-stale': scene({
    begin: show('live', ({ timing }) => {
      timing.failure = failing('stale_revision');
    }),
  }),
  'name-stale': scene({
    begin: show('live', ({ naming }) => {
      naming.failure = failing('stale_revision');
    }),
  }),
  several: scene({
    runtime: { ...ready, name: longName },
    others: [
      { ...ready, name: longName },
      { ...ready, $id: 'runtime-2', name: '연구' },
    ],
  }),
  billing: scene({
    mayOperate: false,
    mayEnter: false,
    mayExport: false,
    mayOffsite: false,
    mayDelete: false,
    begin: () => undefined,
  }),
  suspended: scene({ runtime: { ...stopped('operator'), pausedAt: null }, begin: () => undefined }),
  standstill: scene({ runtime: stopped('customer'), begin: () => undefined }),
  stopping: scene({ runtime: { ...stopped('customer'), status: 'ready' }, begin: show('live') }),
  starting: scene({ runtime: { ...stopped(null), pausedAt: null }, begin: () => undefined }),
  'pause-refused': scene({
    begin: show('live', ({ standing }) => {
      standing.failure = failing('stale_revision');
    }),
  }),
  'unpaid-paused': scene({ runtime: stopped('unpaid'), begin: () => undefined }),
  unpaid: scene({ runtime: { ...stopped('unpaid'), pausedAt: null }, begin: () => undefined }),
  early: scene({ runtime: runtimeFixture('provisioning'), begin: show('waiting') }),
  leaving: scene({ runtime: leaving(), others: [leaving()], begin: () => undefined }),
  'leaving-member': scene({ runtime: leaving(), mayDelete: false, begin: () => undefined }),
  'leaving-unpaid': scene({ runtime: leaving('unpaid', -1), begin: () => undefined }),
  'keep-stale': scene({
    runtime: leaving(),
    begin: (keeper) => {
      keeper.deleting.failure = failing('stale_revision');
    },
  }),
  'not-owner': scene({ mayDelete: false }),
  going: scene({ runtime: gone('deleting', null), begin: () => undefined }),
  gone: scene({ runtime: gone('deleted', 'not_listed'), begin: () => undefined }),
  'gone-unpaid': scene({ runtime: gone('deleted', 'not_shown', 'unpaid'), begin: () => undefined }),
  'gone-declared': scene({
    runtime: gone('deleted', 'declared', 'operator'),
    begin: () => undefined,
  }),
  'gone-before': scene({ runtime: gone('deleted', null), begin: () => undefined }),
  unknown: scene({ runtime: null, others: [] }),
  loading: scene({ runtime: null, others: [], loaded: false }),
  offline: scene({ failed: true, begin: show('waiting') }),
};
