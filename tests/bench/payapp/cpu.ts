/**
 * Processor time of the server and of the function processes it keeps, from /proc: unlike waiting
 * times it does not depend on who else uses the machine. Zero where there is no /proc.
 */
import { readFileSync } from 'node:fs';

export interface CpuMs {
  readonly server: number;
  readonly functions: number;
}

/** USER_HZ is 100 on every Linux that runs Node. */
const msPerTick = 10;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Own time and that of children that have ended. */
const cpuOf = (pid: number): number => {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const ticks = [11, 12, 13, 14].map((index) => Number(fields[index] ?? 0));
  return ticks.reduce((sum, each) => sum + each, 0) * msPerTick;
};

export const cpuTime = (serverPid: number): CpuMs => {
  const children = read(`/proc/${serverPid}/task/${serverPid}/children`).trim().split(' ');
  const functions = children.filter((pid) => pid !== '').map((pid) => cpuOf(Number(pid)));
  return { server: cpuOf(serverPid), functions: functions.reduce((sum, each) => sum + each, 0) };
};
