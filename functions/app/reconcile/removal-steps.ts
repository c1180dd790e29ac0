/**
 * After a runtime's service is deleted: is anything of it left, does anything of it answer, and the
 * receipt. A look that shows nothing either way, or that something is left, counts as a failure and is
 * made again; after some of them a person is told (`deletion_unproven`).
 */
import { neverRan } from '#core/runtime/take-down.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { forgetTexts } from '#app/terms/renewal-texts.ts';
import type { DeletionReceipt, DeletionView, RemovalProblem } from '#schemas/contract/deletion.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { receiptLines } from '#core/runtime/deletion-receipt.ts';
import { advanced, failed, refused, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

type Removal = Facts['removal'];

const withRemoval = (work: Work, seen: Partial<Removal>): Facts => ({
  ...work.facts,
  removal: { ...work.facts.removal, ...seenNow(work), ...seen },
});

const wanting = (work: Work, problem: RemovalProblem): Outcome => {
  work.deps.log.warn('runtime.removal_unproven', { runtimeId: work.row.id, reason: problem });
  return failed(withRemoval(work, { problem }));
};

const empty = (work: Work, volumes: NonNullable<Removal['volumes']>): Outcome => ({
  facts: withRemoval(work, { emptyAt: seenNow(work).observedAt, volumes, problem: null }),
  progress: 'recovered',
});

export const lookGone = async (work: Work): Promise<Outcome> => {
  if (neverRan(work.facts)) return empty(work, 'never_made');
  const { target } = work.facts.removal;
  if (target === null) return wanting(work, 'service_unknown');
  const seen = await work.deps.deployer.remains(target);
  // Its server is not known there any more: then nobody can look.
  if (seen.kind === 'not_found') return wanting(work, 'server_unreachable');
  if (seen.kind !== 'ok') return refused(work, 'removal', seen);
  const { machine, containers, volumes } = seen.value;
  if (containers.length > 0) return wanting(work, 'containers_left');
  if (volumes !== null && volumes.length > 0) return wanting(work, 'volumes_left');
  if (machine === 'unreachable') return wanting(work, 'server_unreachable');
  return empty(work, volumes === null ? 'not_shown' : 'not_listed');
};

export const proveUnrouted = async (work: Work): Promise<Outcome> => {
  const { deps, row } = work;
  const answer = await deps.agent.whoAnswers({ runtimeId: row.id, host: row.host });
  if (answer === 'agent') return wanting(work, 'still_answers');
  const route = answer === 'nobody' ? 'no_answer' : 'other_answer';
  const facts = withRemoval(work, { route, routeAt: seenNow(work).observedAt, problem: null });
  return { facts, progress: 'recovered' };
};

/**
 * First on the row, then in the history, which carries the digest of what the row says, and only then
 * is it `deleted`. Key: the receipt that is on the row already; what this run learnt is nothing, so
 * that its own write may be refused.
 */
export const issueReceipt = async (work: Work): Promise<Outcome> => {
  const { deps, row, facts } = work;
  const deletion = deletionOf(row) ?? unaskedFor(work);
  if (deletion.receipt === null) {
    const receipt = receiptOf(work, deletion);
    const { id, version } = row;
    const text = JSON.stringify({ ...deletion, receipt });
    await deps.store.update('runtimes', { id, version }, { deletion: text });
    await deps.faults.reach('runtime.receipt_written');
    return advanced(facts);
  }
  // Nobody pays for it any more.
  await forgetTexts(deps.store, row.id);
  const { receipt } = deletion;
  const digest = deps.ids.sha256Hex(JSON.stringify(receipt));
  await appendOnce(deps, row, {
    kind: 'deletion_receipt',
    key: digest,
    detail: {
      reason: receipt.reason,
      lines: receipt.lines.map(({ what, proof }) => ({ what, proof })),
    },
    actor: receipt.askedBy,
    at: deps.clock.now(),
  });
  deps.log.info('runtime.deletion_proven', { runtimeId: row.id, reason: receipt.reason, digest });
  return advanced(withRemoval(work, { receiptAt: receipt.deletedAt }));
};

/** Wished for before anybody wrote down why. */
const unaskedFor = ({ row, deps }: Work): DeletionView => {
  const reasons = { unpaid: 'unpaid', refunded: 'refunded' } as const;
  const why = row.suspendedFor;
  const reason = why === 'unpaid' || why === 'refunded' ? reasons[why] : 'operator';
  const askedAt = deps.clock.now().toISOString();
  return { reason, askedBy: 'system', askedAt, declaredBy: null, receipt: null };
};

const receiptOf = (work: Work, asked: DeletionView): DeletionReceipt => {
  const { row, facts } = work;
  const { observedAt: deletedAt } = seenNow(work);
  const { newest, kept } = facts.backup;
  const madeAt = newest === null ? null : new Date(newest.madeAtMs).toISOString();
  return {
    runtimeId: row.id,
    reason: asked.reason,
    askedBy: asked.askedBy,
    askedAt: asked.askedAt,
    deletedAt,
    lines: [...receiptLines(facts, deletedAt)],
    version: facts.agent.version,
    lastBackup: newest === null ? null : { backupId: newest.backupId, madeAt: madeAt ?? '' },
    backups: kept.length,
    declaredBy: facts.removal.emptyAt === null ? asked.declaredBy : null,
  };
};
