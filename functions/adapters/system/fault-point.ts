/**
 * Dies at a named place, as a power cut would: no handler runs. Crash tests alone arm one, by a file
 * of that name in `HD_FAULT_DIR`; without the variable, reaching a point does nothing. The file is
 * renamed to `<name>.<pid>` first, which one process wins: each file kills once, and tells whom.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPoint } from '#ports/system.ts';

const isArmed = (folder: string, name: string): boolean => {
  try {
    renameSync(join(folder, name), join(folder, `${name}.${process.pid}`));
    return true;
  } catch {
    return false;
  }
};

export const systemFaults: FaultPoint = {
  reach: async (name) => {
    const folder = process.env['HD_FAULT_DIR'];
    if (folder !== undefined && isArmed(folder, name)) process.kill(process.pid, 'SIGKILL');
  },
};
