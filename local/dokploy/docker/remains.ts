/**
 * What an engine leaves that dies without a word: processes, mounts, and bridges of the host that
 * would go on answering for their subnets and draw the next engine's packets. Guarantees: only what
 * an engine of ours has noted is touched; one whose run still lives is left alone.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Of an engine's folder: which run made it, and where its data root lies. */
const ownerFile = 'owner';
const goneWithinMs = 10_000;

export const execRootIn = (folder: string): string => join(folder, 'exec-root');

/** So that a later run can tell that this one has died. */
export function signFolder(folder: string, dataRoot: string): void {
  writeFileSync(join(folder, ownerFile), [process.pid, startOf(process.pid), dataRoot].join('\n'));
}

/** Ends and removes the engines in `parent` whose runs were killed. */
export async function clearDeadEngines(parent: string, prefix: string): Promise<void> {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    const folder = join(parent, name);
    const note = join(folder, ownerFile);
    if (!existsSync(note)) continue;
    const [pid, start, dataRoot] = readFileSync(note, 'utf8').split('\n');
    // A number is given out again; with its start it is one process.
    if (dataRoot === undefined || startOf(Number(pid)) === start) continue;
    await wipe(folder, dataRoot);
    await removeBridges(dataRoot);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a loss of power takes: processes, mounts, and all that stands on the memory disk `/run`. */
export async function wipe(folder: string, dataRoot: string): Promise<void> {
  // Shims and containerd name our folder; containers are their children.
  const ours = processesNaming(folder);
  const all = [...ours, ...childrenOf(ours)];
  for (const pid of all) kill(pid);
  const deadline = Date.now() + goneWithinMs;
  while (all.some(isAlive) && Date.now() < deadline) await delay(50);
  for (const place of mountsBelow([folder, dataRoot])) await command('umount', ['--lazy', place]);
  rmSync(execRootIn(folder), { recursive: true, force: true });
}

/**
 * Those of the networks the engine has on record, which it writes before it makes one. Names of
 * networks that went may stand there still; they are of no other engine, for an id is one in 2⁴⁸.
 */
export async function removeBridges(dataRoot: string): Promise<void> {
  const record = join(dataRoot, 'network', 'files', 'local-kv.db');
  if (!existsSync(record)) return;
  const names = readFileSync(record, 'latin1').matchAll(/"BridgeName":"(br-[0-9a-f]{12})"/g);
  const bridges = new Set(Array.from(names, ([, name = '']) => name));
  for (const bridge of bridges) await command('ip', ['link', 'delete', bridge]);
}

/** The deepest first. */
const mountsBelow = (folders: readonly string[]): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => folders.some((each) => place === each || place.startsWith(`${each}/`)))
    .toReversed();

/** Its failure is no news: what was to go may have gone. */
const command = (name: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    execFile(name, [...args], { env: { PATH }, timeout: goneWithinMs }, () => resolve());
  });

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** '' for a process that has gone. */
export function procFile(pid: number, name: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

const processesNaming = (folder: string): number[] =>
  allPids().filter((pid) => pid !== process.pid && procFile(pid, 'cmdline').includes(folder));

/** The fields behind the program's name, which may hold anything: state, parent, … */
const statOf = (pid: number): string[] =>
  procFile(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];

const childrenOf = (parents: readonly number[]): number[] =>
  allPids().filter((pid) => parents.includes(Number(statOf(pid)[1] ?? 0)));

/** In ticks since the machine began; '' for a process that has gone or was never looked after. */
const startOf = (pid: number): string => (isAlive(pid) ? (statOf(pid)[19] ?? '') : '');

const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(statOf(pid)[0] ?? '');

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}
