/** Dokploy: version, what the key may do and how often, its servers, and what it prunes at night. */
import * as z from 'zod/mini';
import { isNewEnough, oldestDokploy } from '#adapters/dokploy/version-gate.ts';
import { reach } from '#ops/deploy/api.ts';
import { plans } from '#schemas/plans.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Check, Context, Finding } from '../finding.ts';
import { failure, judge, ok, warning } from '../finding.ts';
import { clockFinding } from './appwrite.ts';

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

const ask = async ({ env }: Context, operation: string): Promise<Answer> => {
  const url = `${env.DOKPLOY_URL.replace(/\/+$/, '')}/api/${operation}`;
  const headers = { 'x-api-key': env.DOKPLOY_API_KEY.reveal() };
  const { status, body } = await reach(url, { headers });
  try {
    return { status, value: JSON.parse(body.toString('utf8')) };
  } catch {
    return { status, value: undefined };
  }
};

/** A key with Dokploy's default limit is good for five calls a day, then 401 like a wrong one. */
const callsToTry = 6;

const keyFix =
  'Dokploy → Settings → Profile → API keys: make one as an owner or admin, without a rate limit (over ' +
  'the API: rateLimitEnabled: false), put it into DOKPLOY_API_KEY, npm run deploy.';

/** Only these are about the key. */
const refusals: readonly number[] = [401, 403, 429];

/** Another key would change nothing where Dokploy itself fails. */
const fixFor = (...statuses: readonly number[]): string =>
  statuses.every((status) => refusals.includes(status))
    ? keyFix
    : 'Does it run, and is DOKPLOY_URL its address? docs/runbooks/dokploy-lost.md';

const keyAndVersion: Check = {
  id: 'dokploy.key',
  look: async (context) => {
    const answers: Answer[] = [];
    for (let call = 0; call < callsToTry; call += 1) {
      answers.push(await ask(context, 'settings.getDokployVersion'));
    }
    const [first] = answers;
    if (first?.status !== 200) {
      const status = first?.status ?? 0;
      const says = `Dokploy answers ${String(status)} to the key`;
      return [failure('dokploy.key', says, fixFor(status))];
    }
    const isLimited = answers.some(({ status }) => status === 401 || status === 429);
    const limited = failure('dokploy.key', 'the key stops working after a few calls', keyFix);
    const version = typeof first.value === 'string' ? first.value.slice(0, 20) : 'unknown';
    const floor = `v${oldestDokploy.join('.')}`;
    return [
      judge(!isLimited, ok('dokploy.key', 'the key works, without a rate limit'), limited),
      judge(
        isNewEnough(version),
        ok('dokploy.version', `Dokploy ${version}`),
        failure('dokploy.version', `Dokploy ${version} is older than ${floor}`, 'Update Dokploy.'),
      ),
    ];
  },
};

const rights: Check = {
  id: 'dokploy.rights',
  look: async (context) => {
    const needed = ['project.all', 'server.all', 'deployment.allCentralized'];
    const answers = await Promise.all(
      needed.map(async (operation) => ({
        operation,
        status: (await ask(context, operation)).status,
      })),
    );
    const missed = answers.filter(({ status }) => status !== 200);
    const refused = missed.map(({ operation, status }) => `${operation} (${String(status)})`);
    const fix = fixFor(...missed.map(({ status }) => status));
    return [
      judge(
        refused.length === 0,
        ok('dokploy.rights', 'the key may see projects, servers and deployments'),
        failure('dokploy.rights', `the key gets no answer to ${refused.join(', ')}`, fix),
      ),
    ];
  },
};

const server = z.looseObject({
  serverId: z.string(),
  name: z.string(),
  enableDockerCleanup: z.optional(z.boolean()),
});
type Server = z.infer<typeof server>;

const serversOf = async (context: Context): Promise<readonly Server[]> => {
  const { status, value } = await ask(context, 'server.all');
  if (status !== 200) {
    // The second line is what to do about it.
    throw new Error(`Dokploy answers ${String(status)} to server.all\n${fixFor(status)}`);
  }
  return z.array(server).parse(value);
};

const cleanup: Check = {
  id: 'dokploy.cleanup',
  look: async (context) => {
    const id = 'dokploy.cleanup';
    const cleaned = (await serversOf(context)).filter((each) => each.enableDockerCleanup === true);
    const fix = 'Dokploy → Servers → each → Daily Docker Cleanup: off.';
    if (cleaned.length > 0) {
      const names = cleaned.map(({ name }) => name).join(', ');
      const says = `pruned every night: ${names}; a suspended runtime loses its image`;
      return [failure(id, says, fix)];
    }
    return [await ownCleanup(context)];
  },
};

const ownSettings = z.looseObject({ enableDockerCleanup: z.optional(z.boolean()) });

/** Dokploy's own machine has the switch elsewhere, and not every version shows it. */
const ownCleanup = async (context: Context): Promise<Finding> => {
  const id = 'dokploy.cleanup';
  const fix = 'Dokploy → Web Server → Daily Docker Cleanup: off.';
  const { status, value } = await ask(context, 'settings.getWebServerSettings');
  const parsed = ownSettings.safeParse(status === 200 ? value : undefined);
  const cleans = parsed.data?.enableDockerCleanup;
  if (cleans === true) return failure(id, "Dokploy's own machine is pruned every night", fix);
  if (cleans === false) return ok(id, 'nothing is pruned every night');
  return warning(id, "of Dokploy's own machine it cannot be read", `Look by hand: ${fix}`);
};

const place = z.looseObject({
  $id: z.string(),
  dokployServerId: z.nullable(z.string()),
  slots: z.number(),
  slotMemoryMiB: z.number(),
  state: z.string(),
});
type Place = z.infer<typeof place>;

const placesOf = async ({ api }: Context): Promise<readonly Place[]> => {
  const path = `/tablesdb/${databaseId}/tables/servers/rows`;
  const answer = await api.get(path, [{ method: 'limit', values: [100] }]);
  return z.object({ rows: z.array(place) }).parse(answer).rows;
};

/** A plan that fits nowhere can be bought, and then waits until the money goes back. */
const roomFindings = (open: readonly Place[], known: readonly Server[]): readonly Finding[] => {
  const ids = known.map(({ name, serverId }) => `${name} = ${serverId}`).join(', ');
  const fix =
    'Operator page → Servers: add the server runtimes are placed on. Server id in Dokploy: ' +
    (ids === '' ? "empty, for Dokploy's own machine." : `${ids}; empty for Dokploy's own machine.`);
  if (open.length === 0) {
    return [failure('servers', 'no server takes runtimes: nothing that is sold can be made', fix)];
  }
  const widest = Math.max(...open.map(({ slotMemoryMiB }) => slotMemoryMiB));
  const unplaced = plans.filter(({ memoryMiB }) => memoryMiB > widest);
  if (unplaced.length === 0) return [ok('servers', `${String(open.length)} servers take runtimes`)];
  const says = `no server takes ${unplaced.map(({ key }) => key).join(', ')}, which is sold`;
  const needed = Math.max(...unplaced.map(({ memoryMiB }) => memoryMiB));
  const wider = `Operator page → Servers: one with ${String(needed)} MiB or more a slot.`;
  return [failure('servers', `${says}: slots have ${String(widest)} MiB`, wider)];
};

const servers: Check = {
  id: 'servers',
  look: async (context) => {
    const places = await placesOf(context);
    const open = places.filter(({ state, slots }) => state === 'open' && slots > 0);
    const known = await serversOf(context);
    const each = places.map(async ({ $id, dokployServerId }): Promise<Finding> => {
      const id = `servers.${$id}`;
      if (dokployServerId === null) return ok(id, "is Dokploy's own machine");
      if (!known.some(({ serverId }) => serverId === dokployServerId)) {
        return failure(id, 'Dokploy does not know this server', 'Operator page → Servers.');
      }
      const operation = `server.validate?serverId=${encodeURIComponent(dokployServerId)}`;
      const { status } = await ask(context, operation);
      const says = 'Dokploy cannot log in to it by SSH';
      return judge(
        status === 200,
        ok(id, 'Dokploy reaches it'),
        failure(id, says, 'Dokploy → Servers → Setup says why.'),
      );
    });
    return [...roomFindings(open, known), ...(await Promise.all(each))];
  },
};

const clock: Check = {
  id: 'dokploy.clock',
  look: async (context) => [
    await clockFinding('dokploy.clock', `${context.env.DOKPLOY_URL}/api/`, context),
  ],
};

export const dokployChecks: readonly Check[] = [keyAndVersion, rights, cleanup, servers, clock];
