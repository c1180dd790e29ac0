/**
 * Writes the gateway's configuration onto the tenant's volume, before every start of the stack.
 * Guarantees: idempotent; the file is whole at every moment; a file that is not JSON (JSON5 with
 * comments, or damaged) is set aside, never lost; the state folder is private.
 */
import { chmod, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AgentConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { isObject, renderConfig } from './document.ts';
import { applyRestore, dropOrder, finishRestore } from './restore.ts';
import { carryOut, finishReturn } from './state-copy.ts';
import { noteStateSize, stateSizeFile } from './state-size.ts';
import type { Json, JsonObject } from './document.ts';

export async function bootstrap(
  config: AgentConfig,
  log: Log,
  now: () => number = Date.now,
): Promise<void> {
  const place = { stateDir: config.openclawStateDir, dataDir: config.dataDir, log, now };
  if (config.mode === 'export') {
    // Half a state is nobody's to take along; apart from that it stays as it was stopped.
    await finishReturn(place);
    await finishRestore(config, log, now);
    log('state_left_alone');
    return;
  }
  await mkdir(config.openclawStateDir, { recursive: true, mode: 0o700 });
  await chmod(config.openclawStateDir, 0o700);
  const isUpdate = await carryOut(config.stateOrder, place);
  // Ordered for another OpenClaw, or for a state that is not there any more.
  if (isUpdate) await dropOrder(config, log, now);
  await applyRestore(config, log, now);
  const counted = await noteStateSize(
    config.openclawStateDir,
    join(config.dataDir, stateSizeFile),
    now,
  );
  if (counted === null) log('state_not_counted');
  await writeConfig(config, config.openclawStateDir, log);
}

/** Replaces what is ours in the configuration that stands in `stateDir`. */
export async function writeConfig(config: AgentConfig, stateDir: string, log: Log): Promise<void> {
  const path = join(stateDir, 'openclaw.json');
  const before = await readOwnFile(path);
  const existing = before === null ? {} : parseObject(before);
  if (existing === null) {
    await rename(path, `${path}.set-aside`);
    log('config_set_aside', { reason: 'not_json' });
  }
  const wanted = renderConfig(config, existing ?? {});
  // By meaning: the gateway writes the same file with its own spacing.
  if (isDeepStrictEqual(wanted, existing)) {
    log('config_unchanged');
    return;
  }
  await replaceFile(path, `${JSON.stringify(wanted, null, 2)}\n`);
  log('config_written', { first: before === null });
}

/** Null: not JSON, or no object. */
export function parseObject(content: string): JsonObject | null {
  try {
    const value = JSON.parse(content) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
