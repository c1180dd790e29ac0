/**
 * The last restore, between the agent that takes the order and `bootstrap` that carries it out: one
 * file in the agent's own folder, whole at every moment. They never run at the same time on a stack
 * that starts; what the agent answers it reads anew each time.
 */
import { join } from 'node:path';
import type { RestoreReport } from '#schemas/contract/agent-restore.ts';
import { restoreReport } from '#schemas/contract/agent-restore.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';

/** A restart that was asked for takes a minute; an order that nobody carried out must not lie in wait. */
export const orderLifeMs = 10 * 60_000;

const pathIn = (dataDir: string): string => join(dataDir, 'restore.json');

/** Null: none, or one that cannot be read. An order past its time reads `dropped`. */
export async function readRestore(dataDir: string, nowMs: number): Promise<RestoreReport | null> {
  const text = await readOwnFile(pathIn(dataDir));
  if (text === null) return null;
  const parsed = restoreReport.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { code, atMs } = parsed.data;
  const isOld = code === 'ordered' && Math.abs(nowMs - atMs) > orderLifeMs;
  return isOld ? { ...parsed.data, code: 'dropped' } : parsed.data;
}

export async function writeRestore(dataDir: string, report: RestoreReport): Promise<void> {
  await replaceFile(pathIn(dataDir), JSON.stringify(report));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
