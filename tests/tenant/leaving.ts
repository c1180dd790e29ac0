/**
 * Taking a runtime's state away and bringing it in, as its owner does: through the public address, with
 * a ticket, and by the note that lies in the archive, whose blocks of commands are run as they stand.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { dockerEnvironment } from '#local/dokploy/docker/cli.ts';
import { importAnswer } from '#schemas/contract/agent-export.ts';
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import { siteOrigin } from './house.ts';
import type { House } from './house.ts';
import { userId } from './tenant.ts';
import type { Tenant } from './tenant.ts';

const run = promisify(execFile);
const callWithinMs = 120_000;
/** The first start of the restored gateway is a cold one. */
const blockWithinMs = 240_000;

const ticketFor = async (house: House, tenant: Tenant, scope: 'export' | 'import') => {
  const { runtimeId } = tenant;
  const wanted = { runtimeId, subject: userId, scope, lifeSeconds: 60 };
  return (await house.tickets.mint(wanted)).token;
};

const begin = (tenant: Tenant, scope: 'export' | 'import', headers: Record<string, string>) => {
  const url = new URL(`https://${tenant.host}${agentBasePath}${agentRoutes[scope]}`);
  return request({
    ...{ host: '127.0.0.1', port: url.port, servername: url.hostname, agent: false },
    ...{ method: 'POST', path: url.pathname, setHost: false },
    headers: { host: tenant.host, origin: siteOrigin, ...headers },
    signal: AbortSignal.timeout(callWithinMs),
  });
};

/** Posts the form; the archive is written to `file`. Answers its name as the browser is told it. */
export const takeAway = async (
  house: House,
  tenant: Tenant,
  file: string,
): Promise<{ readonly name: string; readonly bytes: number }> => {
  const body = new URLSearchParams({ ticket: await ticketFor(house, tenant, 'export') });
  const call = begin(tenant, 'export', { 'content-type': 'application/x-www-form-urlencoded' });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    call.on('response', resolve).on('error', reject);
  });
  call.end(body.toString());
  const answer = await answered;
  if (answer.statusCode !== 200)
    throw new Error(`${answer.statusCode ?? 0}: ${await text(answer)}`);
  await pipeline(answer, createWriteStream(file));
  const said = answer.headers['content-disposition'] ?? '';
  const name = /^attachment; filename="([a-z0-9-]+\.tar\.gz)"$/.exec(said)?.[1] ?? '';
  return { name, bytes: (await stat(file)).size };
};

/** Sends the archive as a page of the site does; answers the id it is kept under, once proven. */
export const bringIn = async (house: House, tenant: Tenant, file: string): Promise<string> => {
  const { size } = await stat(file);
  const call = begin(tenant, 'import', {
    'content-type': 'application/gzip',
    'content-length': String(size),
    authorization: `Bearer ${await ticketFor(house, tenant, 'import')}`,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    call.on('response', resolve).on('error', reject);
  });
  await pipeline(createReadStream(file), call);
  const answer = await answered;
  const told = await text(answer);
  if (answer.statusCode !== 202) throw new Error(`${answer.statusCode ?? 0}: ${told}`);
  return importAnswer.parse(JSON.parse(told)).backup.backupId;
};

/** Where the only folder of the archive lies. */
export const unpackTo = async (folder: string, file: string): Promise<string> => {
  await run('tar', ['-xzf', file, '-C', folder]);
  const [name = ''] = await readdir(folder);
  return join(folder, name);
};

const blocksOf = async (folder: string, note: string): Promise<string[]> => {
  const written = await readFile(join(folder, note), 'utf8');
  return [...written.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
};

export interface Bare {
  /** Every block of the note and what it printed, in the note's order. */
  readonly said: readonly (readonly [block: string, printed: string])[];
  /** One more command in the note's folder. */
  readonly sh: (command: string) => Promise<string>;
}

/** A host with Docker and this folder, nothing else of ours. Both languages say the same commands. */
export const restoreByNote = async (house: House, folder: string): Promise<Bare> => {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...dockerEnvironment(house.engine.environment) };
  const sh = async (command: string): Promise<string> => {
    const options = { cwd: folder, env, timeout: blockWithinMs };
    const { stdout, stderr } = await run('bash', ['-eo', 'pipefail', '-c', command], options);
    return `${stdout}${stderr}`;
  };
  const blocks = await blocksOf(folder, 'README.en.md');
  const same = await blocksOf(folder, 'README.ko.md');
  if (JSON.stringify(blocks) !== JSON.stringify(same)) throw new Error('the notes differ');
  const said: [string, string][] = [];
  for (const block of blocks) said.push([block, await sh(block)]);
  return { said, sh };
};
