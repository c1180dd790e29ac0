/** Steps at the tenant's agent: what it says of itself, its ladder, the proof from outside. */
import { isBackupOverdue, isOffsiteOverdue } from '#core/runtime/backup-plan.ts';
import { ownDay } from '#core/runtime/day.ts';
import { isClosed } from '#core/runtime/proof.ts';
import { tellOfCopies } from '#app/messages/tell-of-runtime.ts';
import { endProofTurn, takeProofTurn } from '#app/placement/proof-turn.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import type { AgentOutcome, RuntimeAddress } from '#ports/runtime.ts';
import type { ExposureReport, VerifyAnswer } from '#schemas/contract/agent.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { endAccess as putOut, strangersAmong } from './access.ts';
import { jitterOf } from './changes.ts';
import { imageRung } from './image-rung.ts';
import { agentReason, foldCheck, foldState, foldVerify } from './observe.ts';
import { foldRestore } from './restore-steps.ts';
import { advanced, failed, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

const addressOf = ({ row }: Work): RuntimeAddress => ({ runtimeId: row.id, host: row.host });

/** Fixed for a smoke, so that asking again asks the same; dropped from the row once it has ended. */
const nonceOf = ({ row, deps }: Work, smokeId: string): string =>
  row.smokeNonce ?? deps.ids.sha256Hex(smokeId).slice(0, 32);

export const observeAgent = async (work: Work): Promise<Outcome> => {
  const { deps, row } = work;
  const seen = await deps.agent.state(addressOf(work));
  const sessions = seen.kind === 'ok' ? seen.value.sessions : [];
  const folded = foldState(work.facts, seen, {
    at: seenNow(work).observedAt,
    strangers: await strangersAmong(deps, row, sessions),
    smokeId: row.smokeId,
    nonceHash: row.smokeNonce === null ? '' : deps.ids.sha256Hex(row.smokeNonce),
    planKey: row.planKey,
    jitter: jitterOf(row.id),
  });
  const facts = foldRestore(work, folded);
  noteCheck(work, facts);
  await noteBackup(work, facts);
  const isWell = facts.agent.error === null && facts.agent.gateway === 'ready';
  if (!isWell || facts.machine.observedAt === null) return advanced(facts);
  // Silent until now: what was counted against it is over.
  const state = { observedAt: null, error: null, state: null };
  return { facts: { ...facts, machine: state }, progress: 'recovered' };
};

/** A check that ended badly is worth a line; only a refused login changes what is shown. */
const noteCheck = ({ deps, row, facts }: Work, { check }: Facts): void => {
  const { report } = check;
  const before = facts.check.report;
  if (report === null || report.code === 'passed' || report.code === 'running') return;
  if (before?.checkId === report.checkId && before.code === report.code) return;
  deps.log.warn('runtime.check_failed', { runtimeId: row.id, code: report.code });
};

const noteBackup = async ({ deps, row, facts }: Work, { backup }: Facts): Promise<void> => {
  const { report } = backup;
  const before = facts.backup.report;
  if (report === null || report.code === 'running') return;
  if (before?.backupId === report.backupId && before.code === report.code) return;
  const runtimeId = row.id;
  await endProofTurn(deps, { serverId: facts.placement.serverId, runtimeId });
  if (report.code === 'proven') deps.log.info('runtime.backup_proven', { runtimeId });
  else deps.log.warn('runtime.backup_failed', { runtimeId, code: report.code });
};

/** From here on the tenant's clock is worth a line; past its tolerance it fails its rung. */
const worthALineMs = 30_000;

/** The agent's own ladder, below it the rungs that can only be climbed from outside. */
const climb = async (work: Work): Promise<AgentOutcome<VerifyAnswer>> => {
  const { agent, stack, log, clock } = work.deps;
  const at = addressOf(work);
  const image = await imageRung(work);
  const seen = await agent.outside(at);
  if (seen.kind !== 'ok') return seen;
  const { skewMs } = seen.value;
  if (skewMs !== null && Math.abs(skewMs) >= worthALineMs) {
    log.warn('runtime.clock_apart', { runtimeId: work.row.id, skewMs: Math.round(skewMs) });
  }
  const outside = [image, ...seen.value.rungs];
  if (outside.some(({ result }) => result === 'fail')) {
    const value = { atMs: clock.now().getTime(), openclawVersion: null, rungs: outside };
    return { kind: 'ok', value };
  }
  const inside = await agent.verify(at, stack.versionFloor);
  if (inside.kind !== 'ok') return inside;
  return { kind: 'ok', value: { ...inside.value, rungs: [...outside, ...inside.value.rungs] } };
};

export const verify = async (work: Work): Promise<Outcome> => {
  const { deps, row } = work;
  const seen = await climb(work);
  const facts = foldVerify(work.facts, seen, seenNow(work).observedAt);
  const failedRungs = seen.kind === 'ok' ? seen.value.rungs.filter((r) => r.result === 'fail') : [];
  for (const { rung, reason } of failedRungs) {
    deps.log.warn('runtime.verify_rung_failed', { runtimeId: row.id, rung, reason });
  }
  const passed = seen.kind === 'ok' && failedRungs.length === 0;
  return { facts, progress: passed ? 'recovered' : 'failed' };
};

/** The same found again on the same day is no news: neither the row nor the history grows by it. */
const isNews = (known: ExposureReport | null, found: ExposureReport, jitter: number): boolean =>
  known === null ||
  JSON.stringify(known.checks) !== JSON.stringify(found.checks) ||
  ownDay(known.atMs, jitter) !== ownDay(found.atMs, jitter);

/** Told before the facts are written: no runtime is private without its evidence. */
const recordExposure = async (work: Work, { checks }: ExposureReport): Promise<void> => {
  const { deps, row, facts } = work;
  const { title } = facts.deployment;
  const open = checks.filter(({ result }) => result === 'fail').map(({ check }) => check);
  const kind = open.length === 0 ? 'exposure_proven' : 'exposure_failed';
  const at = deps.clock.now();
  await appendEvidence(deps, row, { kind, detail: { title, checks }, actor: 'system', at });
  if (open.length === 0) return;
  const failedChecks = open.join(' ');
  deps.log.error('runtime.exposed', { runtimeId: row.id, checks: failedChecks });
  const about = { subjectId: row.id, mulNo: '', about: title ?? '' };
  await raiseTask(deps, {
    kind: 'runtime_exposed',
    ...about,
    detail: { title, checks: failedChecks },
  });
};

export const proveExposure = async (work: Work): Promise<Outcome> => {
  const { deps, row, facts } = work;
  const seen = await deps.agent.exposure(addressOf(work));
  const { observedAt } = seenNow(work);
  if (seen.kind !== 'ok') {
    const exposure = { ...facts.exposure, observedAt, error: agentReason(seen) };
    return failed({ ...facts, exposure });
  }
  const known = facts.exposure.report;
  const isNew = isNews(known, seen.value, jitterOf(row.id));
  if (isNew) await recordExposure(work, seen.value);
  const report = isNew ? seen.value : known;
  const after: Facts = { ...facts, exposure: { observedAt, error: null, report } };
  return { facts: after, progress: isClosed(seen.value) ? 'recovered' : 'failed' };
};

/**
 * As its owner would by a click. Key: the row as it was read; where somebody else asked meanwhile,
 * theirs counts. What this step learnt is nothing, so that its own write may be refused.
 */
export const askSmoke = async ({ deps, row, facts }: Work): Promise<Outcome> => {
  const { id, version } = row;
  const smokeId = deps.ids.newId();
  const asked = await deps.store.update(
    'runtimes',
    { id, version },
    {
      smokeId,
      smokeNonce: deps.ids.newToken(),
      smokeRequestedAt: deps.clock.now().toISOString(),
      revision: row.revision + 1,
    },
  );
  if (asked === 'updated') deps.log.info('runtime.smoke_asked', { runtimeId: id, smokeId });
  return advanced(facts);
};

export const startSmoke = async (work: Work, smokeId: string): Promise<Outcome> => {
  const { deps, facts } = work;
  const nonce = nonceOf(work, smokeId);
  const seen = await deps.agent.startSmoke(addressOf(work), { smokeId, nonce });
  const { observedAt } = seenNow(work);
  if (seen.kind !== 'ok') {
    const smoke = { ...facts.smoke, observedAt, error: agentReason(seen) };
    return failed({ ...facts, smoke });
  }
  const nonceHash = deps.ids.sha256Hex(nonce);
  return advanced({ ...facts, smoke: { observedAt, error: null, report: seen.value, nonceHash } });
};

export const startCheck = async (work: Work, checkId: string): Promise<Outcome> => {
  const { deps, facts } = work;
  const seen = await deps.agent.startCheck(addressOf(work), checkId);
  const { observedAt } = seenNow(work);
  if (seen.kind !== 'ok') {
    return failed({ ...facts, check: { ...facts.check, observedAt, error: agentReason(seen) } });
  }
  const { loginId } = facts.codex;
  const check = foldCheck(facts.check, { report: seen.value, loginId, at: observedAt });
  return advanced({ ...facts, check });
};

/** About as long as one takes. */
const turnWaitMs = 3 * 60_000;

/** Key: the id of the day. Asked for in vain for three days, an operator is told, once. */
export const startBackup = async (
  work: Work,
  { backupId, day }: { readonly backupId: string; readonly day: number },
): Promise<Outcome> => {
  const { deps, facts } = work;
  const { observedAt } = seenNow(work);
  const owedSince = facts.backup.owedSince ?? observedAt;
  const asked: Facts['backup'] = { ...facts.backup, observedAt, owedSince, waitsUntil: null };
  await tellOverdue(work, { ...facts, backup: asked });
  await tellOffsiteOverdue(work);
  const turn = { serverId: facts.placement.serverId, runtimeId: work.row.id };
  if (!(await takeProofTurn(work.deps, turn))) {
    const waitsUntil = new Date(work.deps.clock.now().getTime() + turnWaitMs).toISOString();
    return advanced({ ...facts, backup: { ...asked, error: null, waitsUntil } });
  }
  const seen = await deps.agent.startBackup(addressOf(work), backupId);
  // Whoever asked for it first may have died, and it may have ended since.
  const isMade =
    seen.kind === 'unreachable' || (seen.kind === 'ok' && seen.value.code === 'running');
  if (!isMade) await endProofTurn(work.deps, turn);
  if (seen.kind !== 'ok') {
    return failed({ ...facts, backup: { ...asked, error: agentReason(seen) } });
  }
  const report = { ...seen.value, step: null };
  return advanced({ ...facts, backup: { ...asked, error: null, report, day } });
};

const tellOverdue = async ({ deps, row }: Work, facts: Facts): Promise<void> => {
  if (!isBackupOverdue(facts, deps.clock.now())) return;
  const { owedSince, report, newest } = facts.backup;
  const code = report?.code ?? null;
  const newestAt = newest === null ? null : new Date(newest.madeAtMs).toISOString();
  await raiseTask(deps, {
    kind: 'backup_overdue',
    ...{ subjectId: row.id, mulNo: '', about: owedSince ?? '' },
    detail: { owedSince, code, newestAt },
  });
};

/** Once for each spell: by the moment since when a copy is owed. Only its owner can mend most. */
const tellOffsiteOverdue = async ({ deps, row, facts }: Work): Promise<void> => {
  if (!isOffsiteOverdue(facts, deps.clock.now())) return;
  const { owedSinceMs, newest } = facts.offsite;
  const owedSince = new Date(owedSinceMs ?? 0).toISOString();
  await tellOfCopies(deps, row, owedSince);
  await raiseTask(deps, {
    kind: 'offsite_overdue',
    ...{ subjectId: row.id, mulNo: '', about: owedSince },
    detail: { owedSince, code: newest?.code ?? null },
  });
};

export const endAccess = async (work: Work): Promise<Outcome> => {
  const { deps, row, facts } = work;
  const ended = await putOut(deps, row);
  const { observedAt } = seenNow(work);
  if (ended.kind !== 'ok') {
    return failed({ ...facts, access: { ...facts.access, observedAt, error: agentReason(ended) } });
  }
  return advanced({ ...facts, access: { observedAt, error: null, strangers: [] } });
};
