/** The real world, as ports. */
import type { Clock, FaultPoint, Ids } from '#ports/system.ts';
import { systemClock } from './clock.ts';
import { systemFaults } from './fault-point.ts';
import { systemIds } from './ids.ts';

export const system: {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly faults: FaultPoint;
} = { clock: systemClock, ids: systemIds, faults: systemFaults };
