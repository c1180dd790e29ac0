/** What runtimes need: names that resolve, images by digest, a version that is safe, a key that signs. */
import { randomBytes } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { SignJWT, importJWK, jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { readJson } from '#schemas/record/json.ts';
import { receipt } from '#schemas/record/runtime.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Check, Context } from '../finding.ts';
import { deployAgain, failure, judge, ok, warning } from '../finding.ts';

const isLocalName = (name: string): boolean => /(^|\.)localhost$/.test(name);

const addressesOf = async (name: string): Promise<readonly string[]> => {
  if (isLocalName(name)) return ['127.0.0.1'];
  const found = await dns.lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
};

/** A name nobody has made: only a wildcard answers for it. */
const wildcard: Check = {
  id: 'dns.wildcard',
  look: async ({ env }) => {
    const domain = env.RUNTIME_DOMAIN.replace(/:\d+$/, '');
    if (isLocalName(domain) && env.RUNTIME_ADDRESS === undefined) {
      const says = `browsers know *.${domain}, functions do not`;
      return [failure('dns.wildcard', says, `RUNTIME_ADDRESS=127.0.0.1, then ${deployAgain}`)];
    }
    const found = await addressesOf(`doctor-${randomBytes(4).toString('hex')}.${domain}`);
    const fix = `DNS: *.${domain}  A  the address of the server that runs the runtimes`;
    return [
      judge(
        found.length > 0,
        ok('dns.wildcard', `*.${domain} leads to ${found.join(', ')}`),
        failure('dns.wildcard', `*.${domain} leads nowhere`, fix),
      ),
    ];
  },
};

const byDigest = /@sha256:[0-9a-f]{64}$/;

const images: Check = {
  id: 'images',
  look: async ({ env }) =>
    (['OPENCLAW_IMAGE', 'AGENT_IMAGE'] as const).map((name) => {
      const id = name === 'AGENT_IMAGE' ? 'images.agent' : 'images.openclaw';
      const fix = `${name}=<name>@sha256:<digest>, then npm run deploy`;
      return judge(
        byDigest.test(env[name]),
        ok(id, 'is named by its digest'),
        failure(id, `${env[name]} may become another image under the same name`, fix),
      );
    }),
};

/** Fixes of 2026.5.18 and before: below it a browser could take the gateway over. */
const safeFloor = '2026.5.18';

const isBelow = (one: string, other: string): boolean => {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = [0, 1, 2].find((index) => (a[index] ?? 0) !== (b[index] ?? 0));
  return at !== undefined && (a[at] ?? 0) < (b[at] ?? 0);
};

const floor: Check = {
  id: 'openclaw.floor',
  look: async ({ env }) => {
    const { OPENCLAW_VERSION_FLOOR: set } = env;
    const says = `OpenClaw below ${safeFloor} could be handed over (the floor is ${set})`;
    return [
      judge(
        !isBelow(set, safeFloor),
        ok('openclaw.floor', `nothing below ${set} is handed over`),
        failure('openclaw.floor', says, `OPENCLAW_VERSION_FLOOR=${safeFloor} or newer`),
      ),
    ];
  },
};

const runtimeRow = z.looseObject({ $id: z.string(), receipt: z.nullable(z.string()) });

const versionsOf = async ({ api }: Context): Promise<readonly (readonly [string, string])[]> => {
  const path = `/tablesdb/${databaseId}/tables/runtimes/rows`;
  const ready = { method: 'equal', attribute: 'status', values: ['ready'] };
  const answer = await api.get(path, [ready, { method: 'limit', values: [100] }]);
  const { rows } = z.object({ rows: z.array(runtimeRow) }).parse(answer);
  return rows.flatMap((row) => {
    const read = readJson(z.nullable(receipt), row.receipt, null);
    return read === null ? [] : [[row.$id, read.openclawVersion] as const];
  });
};

const running: Check = {
  id: 'openclaw.running',
  look: async (context) => {
    const id = 'openclaw.running';
    const versions = await versionsOf(context);
    const old = versions.filter(([, version]) =>
      isBelow(version, context.env.OPENCLAW_VERSION_FLOOR),
    );
    if (old.length === 0)
      return [ok(id, `${String(versions.length)} ready runtimes, none too old`)];
    const says = `${String(old.length)} ready runtimes were proven with an OpenClaw below the floor`;
    const fix = 'Operator page → Updates: set a newer target for the rings.';
    return [warning(id, `${says} (${old[0]?.[0] ?? ''} …)`, fix)];
  },
};

/** Signs a ticket and reads it with the public half, as an agent would. */
const signing: Check = {
  id: 'tickets.key',
  look: async ({ env }) => {
    const jwk = JSON.parse(env.TICKET_SIGNING_KEY.reveal()) as Record<string, string>;
    const { kty = '', crv = '', x = '' } = jwk;
    const good = await sign(jwk, { kty, crv, x }).catch(() => false);
    const fix = 'Make a new one: npm run deploy -- --init --env <another file>, and deploy.';
    return [
      judge(
        good,
        ok('tickets.key', 'a ticket signed with it can be read'),
        failure('tickets.key', 'its private and public half do not belong together', fix),
      ),
    ];
  },
};

const sign = async (
  full: Record<string, string>,
  publicHalf: Record<string, string>,
): Promise<boolean> => {
  const ticket = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA' })
    .setExpirationTime('1m')
    .sign(await importJWK(full, 'EdDSA'));
  await jwtVerify(ticket, await importJWK(publicHalf, 'EdDSA'));
  return true;
};

export const runtimeChecks: readonly Check[] = [wildcard, images, floor, running, signing];
