/**
 * Carries out deployments, start, stop and delete of a compose row.
 * Guarantees: `done` means that everything was started (with `--wait`: became healthy) and no
 * more; the reason of an `error` stands in the deployment's log, in `errorMessage` only where there
 * could be no log; the deployment row appears and `composeStatus` changes only when the job starts, not when queued.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, ShownContainer } from '../backend.ts';
import { convertCompose } from '../compose/convert.ts';
import { ComposeError } from '../compose/model.ts';
import { startCommand, type UpCommand, upCommand } from '../compose/text.ts';
import { codeDirOf } from '../files.ts';
import type { FaultPlan } from '../faults.ts';
import { newDeployment } from '../rows.ts';
import type { Compose, Deployment, Store } from '../store.ts';
import { writeBareFile, writeFinalFiles } from './files.ts';
import { DeploymentLog, removeLog, summaryBox } from './log.ts';
import type { Job } from './queue.ts';

/** Rows kept from before when a deployment starts; with the new one 11. */
const keptDeployments = 10;

export interface DeployerOptions {
  readonly dataDir: string;
  readonly store: Store;
  readonly backend: Backend;
  readonly faults: FaultPlan;
  /** Time between a job's start and its row: 50 to 160 ms were measured on the real one. */
  readonly jobStartDelayMs: number;
  readonly log: (event: string, fields: Record<string, string | number>) => void;
}

/** start or stop failed; `stderr` as the shell would have shown it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

const maxPrintedLines = 50;
const sshError = 'SSH connection error: connect ECONNREFUSED 127.0.0.1:2222';
/** The only failure whose reason stands on the row: there was no place for a log. */
const unprepared = { logPath: '', errorMessage: `An error have occurred: ${sshError}` };

function nowText(): string {
  return new Date().toISOString();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/** As Dokploy passes on a failed shell command: the command, then what it wrote. */
function commandFailed(line: string, output: readonly string[]): CommandFailed {
  const text = [`Command failed: env -i PATH="$PATH" ${line}`, ...output].join('\n');
  return new CommandFailed(`Command execution failed: ${text}\n`);
}

export class Deployer {
  readonly #options: DeployerOptions;
  #closing = false;

  constructor(options: DeployerOptions) {
    this.#options = options;
  }

  /** From now on a job that ends keeps its row `running`, for the next start to cancel. */
  close(): void {
    this.#closing = true;
  }

  #isClosing(): boolean {
    return this.#closing;
  }

  async run(job: Job): Promise<void> {
    const { store, faults, jobStartDelayMs, dataDir } = this.#options;
    await delay(jobStartDelayMs);
    const row = store.compose(job.compose.composeId);
    if (row === undefined || this.#isClosing()) return;
    if (faults.take('queue_dropped', row.composeId)) return;
    row.composeStatus = 'running';
    this.#dropOldDeployments(row.composeId);
    const deployment = newDeployment({ ...job, compose: row });
    store.state.deployments.push(deployment);
    if (faults.take('machine_unreachable', row.composeId)) {
      Object.assign(deployment, unprepared);
      this.#finish(row, deployment, 'error');
      return;
    }
    store.save();
    const log = new DeploymentLog(dataDir, deployment.logPath);
    if (faults.take('deployment_stuck', row.composeId)) {
      log.line('Initializing deployment');
      return;
    }
    const status = await this.#deploy(row, log);
    if (!this.#isClosing()) this.#finish(row, deployment, status);
  }

  /** `docker compose up -d` with the file on disk: neither env nor file of the row apply. */
  async start(row: Compose): Promise<void> {
    const { store } = this.#options;
    this.#refuseUnreachable(row);
    if (!existsSync(this.#codeDir(row))) {
      this.#setStatus(row, 'idle');
      throw new CommandFailed('Command execution failed: spawn /bin/sh ENOENT');
    }
    const command = startCommand(row.appName);
    const printed: string[] = [];
    try {
      await this.#up(row, command, (line) => printed.push(line));
    } catch (error) {
      this.#setStatus(row, 'idle');
      throw commandFailed(command.line, [...printed.slice(-maxPrintedLines), reasonOf(error)]);
    }
    if (store.compose(row.composeId) !== undefined) this.#setStatus(row, 'done');
  }

  async stop(row: Compose): Promise<void> {
    this.#refuseUnreachable(row);
    if (!existsSync(this.#codeDir(row))) {
      this.#setStatus(row, 'error');
      throw new CommandFailed('Command execution failed: spawn /bin/sh ENOENT');
    }
    try {
      await this.#options.backend.stop(row.appName);
    } catch (error) {
      this.#setStatus(row, 'error');
      throw commandFailed(`docker compose -p ${row.appName} stop`, [reasonOf(error)]);
    }
    this.#setStatus(row, 'idle');
  }

  /** Rows go first: what fails after that leaves processes behind and still counts as deleted. */
  async remove(row: Compose, options: { deleteVolumes: boolean }): Promise<void> {
    const { store, backend, dataDir, faults } = this.#options;
    for (const { logPath } of store.deploymentsOf(row.composeId)) removeLog(dataDir, logPath);
    const other = (each: { composeId: string | null }): boolean => each.composeId !== row.composeId;
    store.state.composes = store.state.composes.filter(other);
    store.state.deployments = store.state.deployments.filter(other);
    store.state.domains = store.state.domains.filter(other);
    store.save();
    if (faults.take('delete_leaves_processes', row.composeId)) return;
    if (faults.take('machine_unreachable', row.composeId)) return;
    const leavesVolumes = faults.take('delete_leaves_volumes', row.composeId) !== undefined;
    try {
      await backend.down(row.appName, leavesVolumes ? { deleteVolumes: false } : options);
    } catch {
      this.#options.log('delete_left_containers', { appName: row.appName });
      return;
    }
    rmSync(join(dataDir, 'etc/dokploy/compose', row.appName), { recursive: true, force: true });
    rmSync(join(dataDir, 'etc/dokploy/logs', row.appName), { recursive: true, force: true });
  }

  /** What docker shows; the real one turns every failure to look into an empty list. */
  async containers(appName: string): Promise<readonly ShownContainer[]> {
    const { store, backend, faults } = this.#options;
    const owner = store.state.composes.find((row) => row.appName === appName);
    // Of a service that is deleted only its name on the machine is left.
    const isLost = faults.take('machine_unreachable', owner?.composeId ?? appName) !== undefined;
    return isLost ? [] : backend.containers(appName).catch(() => []);
  }

  /** `docker volume ls`, in the form its template gives; a failure to look is an empty list too. */
  async volumes(serverId: string | undefined): Promise<readonly Record<string, string>[]> {
    const isLost = serverId !== undefined && this.unreachable(serverId) !== undefined;
    const names = isLost ? [] : await this.#options.backend.volumes().catch(() => []);
    return names.map((Name) => ({ Name, Driver: 'local', Scope: 'local' }));
  }

  /** What a deployment would write to the host; throws as the real converter does. */
  converted(row: Compose): string {
    return convertCompose({
      composeFile: row.composeFile,
      appName: row.appName,
      isolated: row.isolatedDeployment,
      domains: this.#options.store.domainsOf(row.composeId),
    });
  }

  async #deploy(row: Compose, log: DeploymentLog): Promise<'done' | 'error'> {
    log.line('Initializing deployment');
    let commandRan = false;
    try {
      if (row.sourceType !== 'raw') {
        throw new ComposeError(`source type ${row.sourceType} is not supported by this stand-in`);
      }
      writeBareFile(this.#codeDir(row), row);
      log.line("File 'docker-compose.yml' created: ✅");
      const command = upCommand(row.command, row.appName);
      for (const line of summaryBox({ appName: row.appName, commandLine: command.line })) {
        log.line(line);
      }
      this.#convertFile(row);
      await this.#ensureNetwork(row, log);
      if (this.#options.faults.take('deployment_fails', row.composeId)) {
        commandRan = true;
        throw new ComposeError('Error response from daemon: failed by the fault plan');
      }
      // Deleted meanwhile: a start now would leave processes nobody can stop any more.
      if (this.#options.store.compose(row.composeId) === undefined) return 'error';
      commandRan = true;
      await this.#up(row, command, (line) => log.line(line));
      log.line('Docker Compose Deployed: ✅');
      return 'done';
    } catch (error) {
      log.line(reasonOf(error));
      if (commandRan) log.line('Error: ❌ Docker command failed\n');
      log.line('Error occurred ❌, check the logs for details.');
      return 'error';
    }
  }

  /** Throws with the line that the real one prints, and leaves the bare file. */
  #convertFile(row: Compose): void {
    let text: string;
    try {
      text = this.converted(row);
    } catch (error) {
      throw new Error(`❌ Has occurred an error: ${reasonOf(error)}\n`, { cause: error });
    }
    writeFinalFiles(this.#codeDir(row), row, text);
  }

  async #ensureNetwork(row: Compose, log: DeploymentLog): Promise<void> {
    const { appName, isolatedDeployment: isolated } = row;
    const print = (line: string): void => log.line(line);
    await this.#options.backend.ensureNetwork({ appName, isolated, print });
  }

  async #up(row: Compose, command: UpCommand, print: (line: string) => void): Promise<void> {
    const { backend, faults } = this.#options;
    const pullFails = (): boolean => faults.take('pull_fails', row.composeId) !== undefined;
    await backend.up({ appName: row.appName, command, print, pullFails });
  }

  #finish(row: Compose, deployment: Deployment, status: 'done' | 'error'): void {
    deployment.status = status;
    deployment.finishedAt = deployment.logPath === '' ? deployment.createdAt : nowText();
    this.#setStatus(row, status);
    this.#options.log('deployment_ended', {
      composeId: row.composeId,
      deploymentId: deployment.deploymentId,
      status,
    });
  }

  /** What SSH says of a machine (or a service on it); undefined when it answers. */
  unreachable(subject: string): string | undefined {
    return this.#options.faults.take('machine_unreachable', subject) && sshError;
  }

  #refuseUnreachable(row: Compose): void {
    const problem = this.unreachable(row.composeId);
    if (problem !== undefined) throw new CommandFailed(problem);
  }

  #setStatus(row: Compose, status: Compose['composeStatus']): void {
    row.composeStatus = status;
    this.#options.store.save();
  }

  #dropOldDeployments(composeId: string): void {
    const { store, dataDir } = this.#options;
    const old = new Set(store.deploymentsOf(composeId).slice(0, -keptDeployments));
    for (const { logPath } of old) removeLog(dataDir, logPath);
    store.state.deployments = store.state.deployments.filter((row) => !old.has(row));
  }

  #codeDir(row: Compose): string {
    return codeDirOf(this.#options.dataDir, row.appName);
  }
}
