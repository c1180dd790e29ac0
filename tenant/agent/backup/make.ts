/**
 * One backup from the live state, or from an archive that was uploaded, to its proof. Guarantees: what is handed back was sealed, opened
 * again, found equal byte for byte and sound, and a gateway has started on it that knows the login;
 * whatever happens, no readable copy of the state is left.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupOrigin, BackupReport, KeptBackup } from '#schemas/contract/agent-backup.ts';
import { authStatus } from '#schemas/wire/openclaw.ts';
import type { OpenedGateway } from '../openclaw/gateway.ts';
import { codexProfileIds } from '../state/codex.ts';
import { isOwnDatabase } from './belongs.ts';
import { copyState, measureState } from './copy.ts';
import { checkDatabase } from './database.ts';
import { BackupFailure } from './failure.ts';
import { demandRoom } from './room.ts';
import type { ScratchRuntime } from './scratch.ts';
import { identityAt, seal, unseal } from './seal.ts';
import type { Shelf } from './shelf.ts';
import { digestTree, entriesOf, hashOfFile } from './tree.ts';

const authTimeoutMs = 30_000;
/** At the same time beside the live state: the plain copy or the restored one, and the sealed one. */
const copiesAtOnce = 2;

/** What a gateway says of itself. Profile ids hold e-mail addresses: they are compared, only. */
export interface GatewaySelf {
  readonly version: string;
  readonly profileIds: readonly string[];
}

export interface MakeParts {
  readonly stateDir: string;
  readonly backupDir: string;
  readonly identityPath: string;
  /** The recovery key's public half; null = there is none. */
  readonly recovery: () => string | null;
  readonly shelf: Shelf;
  readonly scratch: ScratchRuntime;
  /** The running one. Null: it cannot be asked just now; the restored one must start all the same. */
  readonly live: () => Promise<GatewaySelf | null>;
  readonly now: () => number;
  /** Unpacks `upload` as a state of this runtime into `folder`, which is there and empty. */
  readonly unpack: (upload: string, folder: string, signal: AbortSignal) => Promise<void>;
}

export interface Making {
  readonly backupId: string;
  readonly signal: AbortSignal;
  readonly step: (step: NonNullable<BackupReport['step']>) => void;
}

interface Sealed {
  readonly file: string;
  readonly identity: string;
  readonly recoverable: boolean;
  /** Of the plain copy. */
  readonly tree: string;
  readonly madeAtMs: number;
}

/** The archive stands as the shelf's draft of that id. Throws `BackupFailure`. */
export async function makeBackup(parts: MakeParts, making: Making): Promise<KeptBackup> {
  const { scratch, backupDir, stateDir } = parts;
  const bytes = (await measureState(stateDir)).reduce((sum, entry) => sum + entry.bytes, 0);
  await demandRoom(backupDir, copiesAtOnce * bytes);
  await demandRoom(scratch.folder, copiesAtOnce * bytes);
  const live = await parts.live();
  const sealed = await fillAndSeal(parts, making, async (folder) => {
    making.step('copying');
    await copyState(stateDir, folder, making.signal);
  });
  return prove(parts, making, { sealed, live, origin: 'runtime' });
}

/** The same of an archive; it is its own word about what logins it has. */
export async function makeImport(
  parts: MakeParts,
  making: Making & { readonly upload: string },
): Promise<KeptBackup> {
  const { scratch } = parts;
  const { upload, signal, step } = making;
  const sealed = await fillAndSeal(parts, making, async (folder) => {
    step('unpacking');
    await mkdir(folder, { mode: 0o700 });
    await parts.unpack(upload, folder, signal);
    await rm(upload, { force: true });
    const bytes = (await entriesOf(folder)).reduce((sum, entry) => sum + entry.bytes, 0);
    await demandRoom(scratch.folder, copiesAtOnce * bytes);
  });
  return prove(parts, making, { sealed, live: null, origin: 'import' });
}

interface Proving {
  readonly sealed: Sealed;
  readonly live: GatewaySelf | null;
  readonly origin: BackupOrigin;
}

async function prove(
  { scratch, now }: MakeParts,
  { backupId, signal, step }: Making,
  { sealed, live, origin }: Proving,
): Promise<KeptBackup> {
  step('restoring');
  await scratch.clear();
  try {
    await restoreAndCheck(scratch.folder, sealed, signal);
    step('probing');
    const restored = await scratch.run(selfOf, signal);
    compare(live, restored);
    const digest = await hashOfFile(sealed.file, signal);
    const { size: sizeBytes } = await stat(sealed.file);
    const { madeAtMs, recoverable } = sealed;
    const openclawVersion = restored.version;
    const facts = { madeAtMs, provenAtMs: now(), sizeBytes, digest, openclawVersion };
    return { backupId, origin, ...facts, recoverable, offsite: null };
  } finally {
    await scratch.clear();
  }
}

async function fillAndSeal(
  { shelf, identityPath, recovery, now }: MakeParts,
  { backupId, signal, step }: Making,
  fill: (folder: string) => Promise<void>,
): Promise<Sealed> {
  const madeAtMs = now();
  const folder = shelf.draftOf(`${backupId}.state`);
  try {
    await fill(folder);
    const tree = await digestTree(folder, signal);
    step('sealing');
    const file = shelf.draftOf(backupId);
    const identity = await identityAt(identityPath);
    const recipient = recovery();
    await seal({ folder, file, identity, signal }, recipient);
    return { file, identity, recoverable: recipient !== null, tree, madeAtMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function restoreAndCheck(
  folder: string,
  { file, identity, tree }: Sealed,
  signal: AbortSignal,
): Promise<void> {
  await unseal({ folder, file, identity, signal });
  if ((await digestTree(folder, signal)) !== tree) throw new BackupFailure('archive_broken');
  for (const { path, kind } of await entriesOf(folder)) {
    signal.throwIfAborted();
    if (kind === 'file' && isOwnDatabase(path)) await checkDatabase(join(folder, path));
  }
}

/** Asks a gateway who it is and whose logins it holds. */
export async function selfOf({ hello, connection }: OpenedGateway): Promise<GatewaySelf> {
  const options = { timeoutMs: authTimeoutMs };
  const answer = await connection.call('models.authStatus', {}, authStatus, options);
  return { version: hello.server.version, profileIds: codexProfileIds(answer) };
}

function compare(live: GatewaySelf | null, restored: GatewaySelf): void {
  if (live === null) return;
  if (live.version !== restored.version) throw new BackupFailure('proof_not_started');
  const isMissing = live.profileIds.some((id) => !restored.profileIds.includes(id));
  if (isMissing) throw new BackupFailure('proof_login_missing');
}
