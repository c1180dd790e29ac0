/**
 * Who stopped a runtime decides who starts it: a payment ends what was unpaid, an operator what an
 * operator stopped, its owner a pause or a deletion. What one of them lets go another may still
 * hold. Pure.
 */
import type { SuspensionReason } from '#schemas/contract/terms.ts';
import type { DesiredState } from '#schemas/contract/vocabulary.ts';

export interface Standing {
  readonly desired: DesiredState;
  readonly suspendedFor: SuspensionReason | null;
  readonly suspendedAt: string | null;
  /** Left out: as it is. */
  readonly exportUntil?: null;
}

/** An export that was opened while it stood still is over. */
const running: Standing = {
  desired: 'running',
  suspendedFor: null,
  suspendedAt: null,
  exportUntil: null,
};

/** After a payment or an operator lets it go: it runs, unless its owner has paused it. */
export const releasedBy = ({ pausedAt }: { readonly pausedAt: string | null }): Standing =>
  pausedAt === null
    ? running
    : { desired: 'suspended', suspendedFor: 'customer', suspendedAt: pausedAt };

export const pausedFrom = (at: string): Standing & { readonly pausedAt: string } => ({
  ...releasedBy({ pausedAt: at }),
  pausedAt: at,
});

export const unpaused: Standing & { readonly pausedAt: null } = { ...running, pausedAt: null };

export const isPaused = ({
  desired,
  suspendedFor,
}: Pick<Standing, 'desired' | 'suspendedFor'>): boolean =>
  desired === 'suspended' && suspendedFor === 'customer';

interface Leaving {
  readonly desired: DesiredState;
  readonly deletesAt: string | null;
}

/** Its owner is deleting it, and it is not gone yet. */
export const isLeaving = ({ desired, deletesAt }: Leaving): boolean =>
  desired !== 'deleted' && deletesAt !== null;

/** What is unpaid, refunded or held by an operator stays so beside it; what runs or rests stops. */
export const leavingFrom = (
  { suspendedFor }: Pick<Standing, 'suspendedFor'>,
  at: string,
): Standing | Record<string, never> =>
  suspendedFor === null || suspendedFor === 'customer'
    ? { desired: 'suspended', suspendedFor: 'leaving', suspendedAt: at }
    : {};

/** Its owner keeps it after all: what else holds it goes on holding it. */
export const keptBy = (
  row: Pick<Standing, 'suspendedFor'> & { readonly pausedAt: string | null },
): Standing | Record<string, never> => (row.suspendedFor === 'leaving' ? releasedBy(row) : {});
