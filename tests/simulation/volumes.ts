/**
 * What lies on a tenant's volumes: the state and which OpenClaw has migrated it, the copy that an
 * update keeps of it, its backups, and a state that is brought back. `start` is what a stack does when
 * it comes up: bootstrap first, then the gateway, which must never find a newer state than its own.
 */
import { isBelow } from '#core/update/version.ts';
import { composeName } from '#core/runtime/names.ts';
import type { BackupReport, KeptBackup } from '#schemas/contract/agent-backup.ts';
import type { RestoreReport, RestoreRequest } from '#schemas/contract/agent-restore.ts';
import type { Machines, Tenant } from './machines.ts';
import { oldVersion, versionIn } from './release.ts';
import type { World } from './world.ts';

/** Of what is deployed: its image, and the order to its bootstrap. */
export interface Stack {
  readonly image: string;
  readonly stateOrder: string | null;
  readonly hasGateway: boolean;
}

export interface Volume {
  /** Newest OpenClaw that has started on the state; null: none has. */
  migratedBy: string | null;
  /** Beside a state that was brought back. */
  replaced: string | null;
  /** Of the update that ordered it last. */
  copy: { readonly id: string; of: string | null; phase: 'copied' | 'restored' | 'removed' } | null;
  copiedMs: number;
}

export const newVolume = (): Volume => ({
  migratedBy: null,
  replaced: null,
  copy: null,
  copiedMs: 0,
});

const orderLifeMs = 600_000;
const copyKeptMs = 3 * 24 * 60 * 60_000;
const keptAtMost = 11;

export class Volumes {
  backupFails = 0.2;
  /** What was brought back, though it was proven. */
  restoreSpoils = 0;
  readonly tally = { backupsProven: 0, backupsFailed: 0, restored: 0, restoresReturned: 0 };
  readonly #world: World;
  readonly #machines: Machines;

  constructor(world: World, machines: Machines) {
    this.#world = world;
    this.#machines = machines;
  }

  /** `isFree`: nothing of it ran until now, so nothing uses the state. */
  start(runtimeId: string, stack: Stack, isFree: boolean): void {
    // Without a gateway its bootstrap leaves the state alone.
    if (!stack.hasGateway) return;
    const tenant = this.#machines.tenant(runtimeId);
    const isUpdate =
      stack.stateOrder !== null && this.#carryOut(runtimeId, tenant, stack.stateOrder);
    const restore = this.lastRestore(tenant);
    if (isUpdate && restore?.code === 'ordered') tenant.restore = { ...restore, code: 'dropped' };
    if (isFree) this.#exchange(tenant);
    const version = versionIn(stack.image);
    const { volume } = tenant;
    if (isBelow(version, volume.migratedBy)) {
      const what = `${version} starts on a state of ${String(volume.migratedBy)}`;
      this.#world.violate(17, `${runtimeId}: ${what}`);
    }
    volume.migratedBy = version;
  }

  /** Whether this start is one of an update. */
  #carryOut(runtimeId: string, { volume }: Tenant, order: string): boolean {
    const [kind, id = ''] = order.split(':');
    const { nowMs } = this.#world;
    const known = volume.copy?.id === id ? volume.copy : null;
    if (kind === 'copy') {
      if (known === null) {
        volume.copy = { id, of: volume.migratedBy, phase: 'copied' };
        volume.copiedMs = nowMs;
        return true;
      }
      const isOld = known.phase === 'copied' && nowMs - volume.copiedMs >= copyKeptMs;
      if (isOld) known.phase = 'removed';
      return false;
    }
    // One that never came to its copy never came to the state either.
    if (known === null || known.phase === 'restored') return false;
    if (known.phase === 'removed') {
      this.#world.violate(17, `${runtimeId}: the copy of ${id} is gone and is to be put back`);
      return false;
    }
    known.phase = 'restored';
    volume.migratedBy = known.of;
    return true;
  }

  #exchange(tenant: Tenant): void {
    const restore = this.lastRestore(tenant);
    const { volume } = tenant;
    if (restore === null) return;
    const atMs = this.#world.nowMs;
    if (restore.code === 'ordered') {
      const kept = tenant.kept.find(({ backupId }) => backupId === restore.backupId);
      const problem = kept === undefined ? ('backup_missing' as const) : null;
      tenant.restore = {
        ...restore,
        code: kept === undefined ? 'failed' : 'swapped',
        problem,
        atMs,
      };
      if (kept === undefined) return;
      volume.replaced = volume.migratedBy;
      volume.migratedBy = kept.openclawVersion;
      tenant.isSpoilt = this.#world.random.chance(this.restoreSpoils);
    } else if (restore.code === 'return_ordered') {
      tenant.restore = { ...restore, code: 'returned', atMs };
      volume.migratedBy = volume.replaced;
      tenant.isSpoilt = false;
      this.tally.restoresReturned += 1;
      this.#world.seen.add('restore_returned');
    } else return;
    // What was proven was proven of another state.
    tenant.provenBy = null;
  }

  startBackup(runtimeId: string, backupId: string): BackupReport {
    const tenant = this.#machines.tenant(runtimeId);
    const last = tenant.backup;
    if (last !== null && (last.backupId === backupId || last.code === 'running')) return last;
    this.#checkTurn(runtimeId);
    const { nowMs: madeAtMs, random, scheduler } = this.#world;
    const started: BackupReport = {
      ...{ backupId, origin: 'runtime', code: 'running', step: 'copying' },
      ...{ startedAtMs: madeAtMs, finishedAtMs: null },
    };
    tenant.backup = started;
    const openclawVersion = tenant.volume.migratedBy ?? oldVersion;
    const isProven = !random.chance(this.backupFails);
    scheduler.after(random.int(5_000, 200_000), () => {
      const provenAtMs = this.#world.nowMs;
      const code = isProven ? 'proven' : 'proof_not_started';
      tenant.backup = { ...started, code, step: null, finishedAtMs: provenAtMs };
      this.tally[isProven ? 'backupsProven' : 'backupsFailed'] += 1;
      if (!isProven) return;
      tenant.proven.add(backupId);
      const made = { backupId, madeAtMs, provenAtMs, sizeBytes: 1, digest: 'a'.repeat(64) };
      const about = { origin: 'runtime', recoverable: false, offsite: null } as const;
      const kept: KeptBackup = { ...made, ...about, openclawVersion };
      tenant.kept = [kept, ...tenant.kept].slice(0, keptAtMost);
    });
    return started;
  }

  /** A server has the memory for one; told by clocks, so not where one has jumped. */
  #checkTurn(runtimeId: string): void {
    const serverOf = (id: string) => this.#machines.named(composeName(id))?.serverId;
    const others = [...this.#machines.tenants].filter(
      ([id, { backup }]) =>
        id !== runtimeId && backup?.code === 'running' && serverOf(id) === serverOf(runtimeId),
    );
    if (others.length > 0 && this.#world.clockOffsetMs === 0) {
      this.#world.violate(15, `two backups are made at once where ${runtimeId} runs`);
    }
  }

  /** An order that nobody carried out in time is dropped. */
  lastRestore(tenant: Tenant): RestoreReport | null {
    const { restore } = tenant;
    const isOld = restore?.code === 'ordered' && this.#world.nowMs - restore.atMs > orderLifeMs;
    if (isOld) tenant.restore = { ...restore, code: 'dropped' };
    return tenant.restore;
  }

  restore(runtimeId: string, { restoreId, backupId, step }: RestoreRequest): RestoreReport {
    const tenant = this.#machines.tenant(runtimeId);
    const known = this.lastRestore(tenant);
    const atMs = this.#world.nowMs;
    const isOpen = known !== null && ['ordered', 'swapped', 'return_ordered'].includes(known.code);
    if (step === 'order' && !isOpen) {
      const isThere = tenant.kept.some((one) => one.backupId === backupId);
      const code = isThere ? 'ordered' : 'failed';
      const problem = isThere ? null : 'backup_missing';
      tenant.restore = { restoreId, backupId, code, problem, atMs };
    } else if (known?.restoreId === restoreId && known.code === 'swapped') {
      if (step === 'keep') {
        tenant.restore = { ...known, code: 'kept', atMs };
        this.tally.restored += 1;
        this.#world.seen.add('restored');
      }
      if (step === 'return') tenant.restore = { ...known, code: 'return_ordered', atMs };
    } else if (known?.restoreId === restoreId && known.code === 'ordered' && step === 'drop') {
      tenant.restore = { ...known, code: 'dropped', atMs };
    }
    const nothing = { restoreId, backupId, code: 'dropped', problem: null, atMs } as const;
    return tenant.restore ?? nothing;
  }
}
