/** Which of a runtime's conditions a customer is told of first. */
import type { ConditionsView } from '#schemas/contract/rows.ts';

type Condition = ConditionsView[number];

/**
 * The first that does not hold, and whatever of the later ones is broken. A later step that merely
 * waits for the customer is neither: its turn has not come.
 */
export const inTheWay = (conditions: ConditionsView): ConditionsView => {
  const next = conditions.find(({ value }) => value !== 'true');
  const isBroken = ({ value, actor }: Condition): boolean =>
    value === 'false' && actor !== 'customer';
  return conditions.filter((condition) => condition === next || isBroken(condition));
};

/** Since when a runtime that is set up waits to be verified and shown closed; null: it does not. */
export const provingSince = (conditions: ConditionsView): string | null => {
  const find = (type: Condition['type']) => conditions.find((each) => each.type === type);
  const verified = find('verified');
  const waited = verified?.value === 'true' ? find('private') : verified;
  return find('reachable')?.value === 'true' && waited?.value === 'unknown' ? waited.since : null;
};
