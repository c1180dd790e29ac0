/**
 * Puts the agent together and opens its door. Guarantees: listens only after its durable state was
 * read; `close` leaves no socket, timer or half-written file.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentScope } from '#schemas/contract/agent.ts';
import { codexCallbackRequest, smokeRequest, verifyRequest } from '#schemas/contract/agent.ts';
import { CodexLogin } from './codex/attempts.ts';
import type { AgentConfig } from './config.ts';
import { AgentFailure } from './failure.ts';
import { readBody } from './http/body.ts';
import type { Handler } from './http/server.ts';
import { createDoor } from './http/server.ts';
import type { Log } from './log.ts';
import { limited } from './log.ts';
import { Gateway } from './openclaw/gateway.ts';
import { Smoke } from './smoke/run.ts';
import { Facts } from './state/facts.ts';
import { BurntTickets } from './tickets/journal.ts';
import { createTicketDesk } from './tickets/verify.ts';
import { climb } from './verify/ladder.ts';

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
  readonly facts: Facts;
  readonly now: () => number;
}

export async function serve(config: AgentConfig, log: Log): Promise<RunningAgent> {
  const now = Date.now;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const burnt = new BurntTickets(join(config.dataDir, 'burnt-tickets.log'), now);
  const gateway = new Gateway(config);
  const authorizeOrigin = config.codexAuthorizeOrigin;
  const codexLogin = new CodexLogin({ gateway, authorizeOrigin, now, log });
  const smoke = new Smoke({ gateway, dataDir: config.dataDir, now, log });
  const { runtimeId, siteOrigin } = config;
  const facts = new Facts({ runtimeId, gateway, codexLogin, smoke, now });
  await Promise.all([burnt.load(), smoke.load()]);
  const tickets = createTicketDesk({ keys: config.controlPlaneKeys, runtimeId, burnt, now });
  const handlers = createHandlers({ config, gateway, codexLogin, smoke, facts, now });
  const quota = { linesPerMinute: refusalLinesPerMinute, now };
  const refusals = limited(log, quota);
  const door = createDoor({ tickets, handlers, siteOrigin, log, refusals });
  const port = await listen(door, config);
  log('agent_listening', { address: config.listenAddress, port });
  return {
    port,
    close: async () => {
      codexLogin.close();
      await gateway.close();
      await new Promise((resolve) => {
        door.close(resolve);
        door.closeAllConnections();
      });
    },
  };
}

const notYet: Handler = async () => Promise.reject(new AgentFailure('not_found'));

function createHandlers(parts: Parts): Readonly<Record<AgentScope, Handler>> {
  const { codexLogin, smoke, facts } = parts;
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
      await codexLogin.finish(claims.attempt, callbackUrl).finally(() => facts.forget());
      return { status: 200, body: { status: 'linked' } };
    },
    smoke: async (request) => {
      const { smokeId, nonce } = await readBody(request, smokeRequest);
      return { status: 202, body: { smoke: await smoke.begin(smokeId, nonce) } };
    },
    'codex:device': notYet,
    check: notYet,
    access: notYet,
    enter: notYet,
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
