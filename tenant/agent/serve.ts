/**
 * Puts the agent together and opens its door. Guarantees: listens only after its durable state was
 * read; `close` leaves no socket, timer or half-written file.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupState } from '#schemas/contract/agent-backup.ts';
import { backupRequest } from '#schemas/contract/agent-backup.ts';
import { offsiteRequest } from '#schemas/contract/agent-offsite.ts';
import { restoreRequest } from '#schemas/contract/agent-restore.ts';
import {
  checkRequest,
  codexCallbackRequest,
  smokeRequest,
  verifyRequest,
} from '#schemas/contract/agent.ts';
import { selfOf } from './backup/make.ts';
import { roomAt } from './backup/room.ts';
import { Restores } from './backup/restores.ts';
import { Backups } from './backup/run.ts';
import { ScratchRuntime } from './backup/scratch.ts';
import { Shelf } from './backup/shelf.ts';
import { CodexLogin } from './codex/attempts.ts';
import { LoginRecord } from './codex/record.ts';
import type { AgentConfig } from './config.ts';
import { Devices } from './enter/devices.ts';
import { Entrance } from './enter/entrance.ts';
import { Sessions } from './enter/sessions.ts';
import { Exports } from './export/exports.ts';
import { AgentFailure } from './failure.ts';
import { readBody } from './http/body.ts';
import type { HandledScope, Handler } from './http/server.ts';
import { createDoor } from './http/server.ts';
import { Imports } from './import/imports.ts';
import { isUnpacked, settleState } from './import/settle.ts';
import { unpackState } from './import/unpack.ts';
import type { Log } from './log.ts';
import { limited } from './log.ts';
import { Offsite } from './offsite/offsite.ts';
import { Gateway } from './openclaw/gateway.ts';
import { Check } from './smoke/check.ts';
import { Smoke } from './smoke/run.ts';
import { Turnstile } from './smoke/turnstile.ts';
import { Facts } from './state/facts.ts';
import { Usage } from './state/usage.ts';
import { BurntTickets } from './tickets/journal.ts';
import { createTicketDesk } from './tickets/verify.ts';
import { climb } from './verify/ladder.ts';
import { LogTail } from './watch/tail.ts';
import { Watchers } from './watch/watchers.ts';

/** The door stands on the internet; anybody can be refused. */
const refusalLinesPerMinute = 60;

export interface RunningAgent {
  readonly port: number;
  close(): Promise<void>;
}

interface Parts {
  readonly config: AgentConfig;
  readonly gateway: Gateway;
  readonly codexLogin: CodexLogin;
  readonly smoke: Smoke;
  readonly check: Check;
  readonly backups: Backups;
  readonly imports: Imports;
  readonly restores: Restores;
  readonly offsite: Offsite;
  readonly facts: Facts;
  readonly entrance: Entrance;
  readonly watchers: Watchers;
  readonly now: () => number;
}

export async function serve(config: AgentConfig, log: Log): Promise<RunningAgent> {
  const now = Date.now;
  const { dataDir, runtimeId, siteOrigin } = config;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const burnt = new BurntTickets(join(dataDir, 'burnt-tickets.log'), now);
  const gateway = new Gateway(config);
  const record = new LoginRecord({ dataDir, log });
  const codexLogin = new CodexLogin({
    gateway,
    record,
    authorizeOrigin: config.codexAuthorizeOrigin,
    now,
    log,
    onEnded: () => facts.forget(),
  });
  const turnstile = new Turnstile();
  const smoke = new Smoke({ gateway, record, dataDir, turnstile, now, log });
  const check = new Check({ gateway, dataDir, turnstile, now, log });
  const shelf = new Shelf(config.backupDir);
  const offsite = createOffsite({ config, shelf, now, log });
  const backups = createBackups({ config, gateway, shelf, offsite, now, log });
  const restores = new Restores({
    ...{ dataDir, stateDir: config.openclawStateDir, shelf, now, log },
  });
  const sessions = new Sessions({ path: join(dataDir, 'sessions.json'), now });
  const devicesPath = join(dataDir, 'devices.json');
  const devices = new Devices({ path: devicesPath, gateway, sessions, now, log });
  const usage = new Usage({ gateway, dataDir, now });
  const watchers = new Watchers({ tail: new LogTail(gateway), usage, log });
  const entered = (): string[] => [...new Set([...sessions.userIds(), ...watchers.userIds()])];
  const parts = { gateway, codexLogin, smoke, check, backups, restores, offsite };
  const exports = new Exports({ config, now, log });
  const told = {
    ...{ runtimeId, mode: config.mode, record, usage, entered, now },
    backup: (): BackupState => backups.state(),
    exported: () => exports.report(),
  };
  const facts = new Facts({ ...parts, ...told });
  const kept = [burnt, record, smoke, check, backups, exports, sessions, devices, usage];
  await Promise.all(kept.map(async (one) => one.load()));
  // Looks for what it is to copy.
  await offsite.load();
  const tickets = createTicketDesk({ keys: config.controlPlaneKeys, runtimeId, burnt, now });
  const quota = { linesPerMinute: refusalLinesPerMinute, now };
  const refusals = limited(log, quota);
  const inside = { sessions, devices, watchers, exports };
  const entrance = new Entrance({ config, ...inside, tickets, log, refusals });
  const imports = new Imports({ config, backups });
  const handlers = handlersOf({ config, ...parts, imports, facts, entrance, watchers, now });
  const door = createDoor({ tickets, handlers, entrance, siteOrigin, log, refusals });
  const port = await listen(door, config);
  log('agent_listening', { address: config.listenAddress, port });
  return {
    port,
    close: async () => {
      watchers.close();
      entrance.close();
      await Promise.all([exports.close(), backups.close(), offsite.close()]);
      await codexLogin.close();
      await gateway.close();
      await new Promise((resolve) => {
        door.close(resolve);
        door.closeAllConnections();
      });
    },
  };
}

interface BackupNeeds {
  readonly config: AgentConfig;
  readonly gateway: Gateway;
  readonly shelf: Shelf;
  readonly offsite: Offsite;
  readonly now: () => number;
  readonly log: Log;
}

type OffsiteNeeds = Omit<BackupNeeds, 'gateway' | 'offsite'>;

function createOffsite({ config, shelf, now, log }: OffsiteNeeds): Offsite {
  const { dataDir, runtimeId } = config;
  return new Offsite({
    ...{ dataDir, runtimeId, shelf, now, log },
    mayBeLoopback: config.gatewayBind === 'loopback',
    isAlone: config.mode === 'export',
  });
}

function createBackups({ config, gateway, shelf, offsite, now, log }: BackupNeeds): Backups {
  const { dataDir, backupDir, openclawStateDir: stateDir } = config;
  return new Backups({
    ...{ dataDir, backupDir, stateDir, offsite, now, log },
    recovery: () => offsite.recipient(),
    isAlone: config.mode === 'export',
    identityPath: join(dataDir, 'backup-identity'),
    shelf,
    scratch: new ScratchRuntime(config),
    unpack: async (file, folder, signal) => {
      await unpackState({
        file,
        folder,
        wanted: isUnpacked,
        roomBytes: await roomAt(folder),
        signal,
      });
      await settleState(config, folder, log);
    },
    live: async () => gateway.shared().then(selfOf, () => null),
  });
}

type Handlers = Readonly<Record<HandledScope, Handler>>;

/** Where no gateway is deployed, `state` is answered and (by the entrance) `export`. */
function handlersOf(parts: Parts): Handlers {
  const handlers = createHandlers(parts);
  if (parts.config.mode === 'run') return handlers;
  const refuse: Handler = async () => Promise.reject(new AgentFailure('runtime_suspended'));
  const scopes = Object.keys(handlers) as HandledScope[];
  const refusing = Object.fromEntries(
    scopes.map((scope) => [scope, refuse]),
  ) as unknown as Handlers;
  return { ...refusing, state: handlers.state };
}

function createHandlers(parts: Parts): Handlers {
  const { codexLogin, smoke, check, backups, imports, restores, facts, entrance } = parts;
  const { offsite } = parts;
  return {
    state: async () => ({ status: 200, body: await facts.read() }),
    verify: async (request) => {
      const { versionFloor } = await readBody(request, verifyRequest);
      return { status: 200, body: await climb(parts, versionFloor) };
    },
    'codex:start': async () => ({ status: 200, body: await codexLogin.start() }),
    'codex:callback': async (request, claims) => {
      const { callbackUrl } = await readBody(request, codexCallbackRequest);
      if (claims.attempt === undefined) throw new AgentFailure('ticket_invalid');
      await codexLogin.finish(claims.attempt, callbackUrl);
      return { status: 200, body: { status: 'linked' } };
    },
    smoke: async (request) => {
      const { smokeId, nonce } = await readBody(request, smokeRequest);
      return { status: 202, body: { smoke: await smoke.begin(smokeId, nonce) } };
    },
    'codex:device': async () => ({ status: 200, body: await codexLogin.startDevice() }),
    check: async (request) => {
      const { checkId } = await readBody(request, checkRequest);
      return { status: 202, body: { check: await check.begin(checkId) } };
    },
    backup: async (request) => {
      const { backupId } = await readBody(request, backupRequest);
      return { status: 202, body: { backup: await backups.begin(backupId) } };
    },
    restore: async (request) => {
      const wanted = await readBody(request, restoreRequest);
      return { status: 200, body: { restore: await restores.take(wanted) } };
    },
    access: async (request) => entrance.access(request),
    import: async (request) => ({ status: 202, body: { backup: await imports.take(request) } }),
    offsite: async (request) => {
      const body = await offsite.take(await readBody(request, offsiteRequest));
      return { status: 200, body };
    },
    watch: async (_request, { sub }) => parts.watchers.admit(sub),
  };
}

async function listen(door: Server, config: AgentConfig): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject);
    door.listen(config.listenPort, config.listenAddress, () => {
      door.off('error', reject);
      resolve();
    });
  });
  return (door.address() as AddressInfo).port;
}
