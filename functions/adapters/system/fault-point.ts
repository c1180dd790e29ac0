/**
 * Dies at the place named in `HD_FAULT_POINT`, as a power cut would: no handler runs. The variable
 * is set by crash tests alone; without it, reaching a point does nothing.
 */
import type { FaultPoint } from '#ports/system.ts';

export const systemFaults: FaultPoint = {
  reach: async (name) => {
    if (process.env['HD_FAULT_POINT'] === name) process.kill(process.pid, 'SIGKILL');
  },
};
