/** What is shown of a deletion, line by line, and never more than was seen. Pure. */
import type { Proof, RemovedThing } from '#schemas/contract/deletion.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { neverRan } from './take-down.ts';

interface Line {
  readonly what: RemovedThing;
  readonly proof: Proof;
  readonly seenAt: string;
}

/** `now`: for what was seen before there was a column for when. */
export const receiptLines = (facts: Facts, now: string): readonly Line[] => {
  const { removal } = facts;
  const emptyAt = removal.emptyAt ?? now;
  const isDeclared = removal.emptyAt === null;
  const never = neverRan(facts);
  const line = (what: RemovedThing, proof: Proof, seenAt: string | null): Line => ({
    what,
    proof,
    seenAt: seenAt ?? now,
  });
  const containers: Proof = isDeclared ? 'declared' : never ? 'never_made' : 'not_listed';
  const volumes: Proof = isDeclared ? 'declared' : (removal.volumes ?? 'not_shown');
  const withThem: Proof = never && !isDeclared ? 'never_made' : 'with_volumes';
  return [
    line('service', 'gone', removal.serviceAt),
    line('containers', containers, emptyAt),
    line('volumes', volumes, emptyAt),
    line('backups', withThem, emptyAt),
    line('copies', withThem, emptyAt),
    line('route', removal.route ?? 'no_answer', removal.routeAt),
    line('slot', removal.slotAt === null ? 'never_made' : 'given_back', removal.slotAt),
    ...(facts.offsite.bucketAtMs === null ? [] : [line('bucket', 'yours', emptyAt)]),
  ];
};
