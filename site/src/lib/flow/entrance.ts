/** Who may open a runtime's Control UI, and why not; the functions decide again. */
import type { ConditionsView, RuntimeRow } from '#schemas/contract/rows.ts';

export type EntranceView =
  'open' | 'not_role' | 'not_verified' | 'not_private' | 'exposed' | 'stopped';

interface Asked {
  readonly runtime: Pick<RuntimeRow, 'status'>;
  readonly conditions: ConditionsView;
  readonly mayEnter: boolean;
}

export const entranceOf = ({ runtime, conditions, mayEnter }: Asked): EntranceView => {
  const find = (type: string) => conditions.find((condition) => condition.type === type);
  if (['suspended', 'deleting', 'deleted'].includes(runtime.status)) return 'stopped';
  if (find('private')?.reason === 'exposed') return 'exposed';
  if (find('verified')?.value !== 'true' || find('reachable')?.value !== 'true') {
    return 'not_verified';
  }
  if (find('private')?.value !== 'true') return 'not_private';
  return mayEnter ? 'open' : 'not_role';
};
