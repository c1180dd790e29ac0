/**
 * Who a process really is, from /proc: a pid alone may have been given to somebody else.
 * Where there is no /proc every question is answered with "unknown" and nothing is ended.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** In the environment of everything we start: `<random id of the run>.<container id>`. */
export const runMarker = 'DOKPLOY_STANDIN_RUN';

export interface Identity {
  readonly pid: number;
  /** Boot id and start time in clock ticks: together with the pid, unique for ever. */
  readonly boot: string;
  readonly startTicks: string;
}

export function identityOf(pid: number): Identity | undefined {
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim();
  const stat = readText(`/proc/${pid}/stat`);
  if (boot === undefined || stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[19];
  if (startTicks === undefined || fields[0] === 'Z') return undefined;
  return { pid, boot, startTicks };
}

export function isAlive(known: Identity): boolean {
  const now = identityOf(known.pid);
  return now?.boot === known.boot && now.startTicks === known.startTicks;
}

/** Every process of a run, or of one container of it, wherever it moved itself. */
export function processesOfRun(runId: string, containerId = ''): Identity[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  const needle = `${runMarker}=${runId}.${containerId}`;
  return names.flatMap((name) => {
    const environment = readText(`/proc/${name}/environ`);
    if (environment?.split('\0').some((each) => each.startsWith(needle)) !== true) return [];
    const identity = identityOf(Number(name));
    return identity === undefined ? [] : [identity];
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
