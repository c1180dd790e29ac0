/**
 * Every recording of a running Dokploy v0.30.2, answered by a tiny server as it was recorded and
 * read by the adapter's client: what each becomes is written down here, one line each. The
 * recordings are not part of the repository; without them this file says so and is skipped.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createDokployCall } from '#adapters/dokploy/client.ts';
import type { DokployCall } from '#adapters/dokploy/client.ts';
import { healthOf } from '#adapters/dokploy/containers.ts';
import { redactLog } from '#adapters/dokploy/redact.ts';
import { dokployOperations } from '#schemas/wire/dokploy.ts';
import type { DokployInput, DokployOperation } from '#schemas/wire/dokploy.ts';
import { startNeighbour } from '#tests/support/http.ts';
import type { Neighbour } from '#tests/support/http.ts';

const folder =
  process.env['DOKPLOY_RECORDINGS'] ??
  join(import.meta.dirname, '../../../shared/reference/dokploy-examples');
const present = existsSync(folder);
if (!present) console.warn(`SKIPPED: no recordings of Dokploy in ${folder}`);

const recording = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    body: z.optional(z.unknown()),
    query: z.optional(z.unknown()),
  }),
  response: z.object({
    status: z.number(),
    contentType: z.nullable(z.string()),
    rawBodyLength: z.number(),
    body: z.unknown(),
  }),
});
type Recording = z.infer<typeof recording>;

const names = present
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort()
  : [];
const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
const recordings = new Map<string, Recording>();
const bare: string[] = [];
for (const name of names) {
  const parsed = recording.safeParse(read(name));
  if (parsed.success) recordings.set(name, parsed.data);
  else bare.push(name);
}

const operationOf = ({ request }: Recording): string => request.path.replace('/api/', '');
const isOurs = (operation: string): operation is DokployOperation =>
  Object.hasOwn(dokployOperations, operation);
const used = [...recordings].filter(
  ([, each]) =>
    isOurs(operationOf(each)) &&
    dokployOperations[operationOf(each) as DokployOperation].method === each.request.method,
);

const plainBody = z.object({ __nonJson: z.string() });
const sentText = ({ body, rawBodyLength }: Recording['response']): string => {
  if (rawBodyLength === 0) return '';
  const plain = plainBody.safeParse(body);
  return plain.success ? plain.data.__nonJson : JSON.stringify(body);
};

/** What is not simply `ok`. */
const expected: Readonly<Record<string, string>> = {
  'auth-01-no-key-401': 'refused:unauthorized',
  'auth-02-bad-key-401': 'refused:unauthorized',
  'compose-04-create-bad-environment-404': 'not_found',
  'compose-05-create-validation-400': 'refused:invalid',
  'compose-06-create-bad-appName-400': 'refused:invalid',
  'compose-07-create-bad-server': 'refused:forbidden',
  'compose-13-one-404': 'not_found',
  'compose-15-loadServices-cache-before-deploy-404': 'not_found',
  'compose-25-getConvertedCompose-broken-yaml-500': 'refused:failed',
  'compose-26-start-failing-500': 'refused:failed',
  'compose-32-delete-again-404': 'not_found',
  'compose-33-one-after-delete-404': 'not_found',
  'compose-34-deploy-deleted-404': 'not_found',
  'compose-35-stop-remote-unreachable-500': 'refused:failed',
  'compose-41-update-description-number': 'refused:invalid',
  'compose-42-stop-never-deployed': 'refused:failed',
  'compose-43-start-never-deployed': 'refused:failed',
  'crossorg-01-compose-one': 'refused:forbidden',
  'crossorg-02-compose-delete': 'refused:forbidden',
  'domain-06-create-empty-host': 'refused:invalid',
  'environment-03-create-production-400': 'refused:invalid',
  'err-03-validation-400': 'refused:invalid',
  'err-04-bad-json-400': 'refused:invalid',
  'err-05-missing-content-type-415': 'refused:invalid',
  'member-03-project-create-refused': 'refused:forbidden',
  'member-07-getConfig-refused': 'refused:forbidden',
  'member-09-server-all-refused': 'refused:forbidden',
  'member-10-other-compose-refused': 'refused:forbidden',
  'member-11-other-compose-update-refused': 'refused:forbidden',
  'project-06-one-404': 'not_found',
  'server-05-validate-unreachable': 'refused:invalid',
};

let server: Neighbour;
let current: Recording['response'];
const calls: string[] = [];
const logged: string[] = [];

const connect = (): DokployCall => {
  const keep = (event: string, fields?: object): void => {
    logged.push(JSON.stringify({ event, ...fields }));
  };
  const log = { info: keep, warn: keep, error: keep };
  return createDokployCall({ url: server.url, apiKey: 'k'.repeat(64), timeoutMs: 5_000 }, log);
};

beforeAll(async () => {
  server = await startNeighbour((request, response) => {
    calls.push(`${request.method ?? ''} ${request.url?.split('?')[0] ?? ''}`);
    const { status, contentType } = current;
    response.writeHead(status, contentType === null ? {} : { 'content-type': contentType });
    response.end(sentText(current));
  });
});
afterAll(() => server.close());

describe.skipIf(!present)('recorded answers', () => {
  test('all are accounted for: used here, of operations we never call, or bare values', () => {
    const foreign = [...recordings].filter(([name]) => !used.some(([known]) => known === name));
    expect(names).toHaveLength(133);
    expect(used.length + foreign.length + bare.length).toBe(names.length);
    expect(used.length).toBeGreaterThanOrEqual(80);
    const usedNames = used.map(([name]) => name);
    expect(Object.keys(expected).filter((name) => !usedNames.includes(name))).toEqual([]);
  });

  test.each(used)('%s', async (name, { request, response }) => {
    current = response;
    calls.length = 0;
    const operation = request.path.replace('/api/', '') as DokployOperation;
    // Recorded mistakes are sent as they were: what matters here is how the answer is read.
    const input = (request.body ?? request.query ?? {}) as DokployInput<typeof operation>;
    const outcome = await connect()(operation, input);
    const kind = outcome.kind === 'refused' ? `refused:${outcome.code}` : outcome.kind;
    expect(kind).toBe(expected[name] ?? 'ok');
    expect(calls[0]).toBe(`${request.method} ${request.path}`);
    const picked = JSON.stringify(outcome);
    expect(picked).not.toContain('s3cr3t-value-for-leak-test');
    expect(picked).not.toMatch(/refreshToken|privateKey/);
  });

  test('one whose body was empty says nothing, which an update takes for "unknown id"', async () => {
    current = recordings.get('compose-10-update-unknown-id')?.response ?? current;
    const outcome = await connect()('compose.update', { composeId: 'nope', command: '' });
    expect(outcome).toEqual({ kind: 'ok', value: undefined });
  });

  test('a body over the limit is refused in plain text, and read as a mistake of ours', async () => {
    const { text } = z.parse(z.object({ text: z.string() }), read('err-06-body-over-1MB'));
    const body = { __nonJson: text };
    current = { status: 413, contentType: 'text/plain', rawBodyLength: text.length, body };
    const outcome = await connect()('project.create', { name: 'x' });
    expect(outcome).toEqual({ kind: 'refused', code: 'invalid' });
  });

  test('no log line repeats anything of an answer', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('\n')).not.toMatch(/s3cr3t|Unauthorized|ECONNREFUSED|composeFile/);
  });
});

const bareRow = z.object({ status: z.string(), deploymentId: z.string() });
/** Deployment rows at the first two levels of a bare value. */
const rowsIn = (value: unknown): readonly unknown[] => {
  const inner: readonly unknown[] = value instanceof Object ? Object.values(value) : [];
  const levels = [value, ...inner];
  return levels.flat().filter((each) => bareRow.safeParse(each).success);
};

describe.skipIf(!present)('recorded bare values', () => {
  test.each([
    ['deployment-09-failed-record', 'error'],
    ['deployment-16-after-dokploy-restart', 'cancelled'],
    ['deployment-19-remote-done-record', 'done'],
    ['deployment-21-remote-ssh-lost-mid-deploy', 'running'],
  ])('%s reads as a deployment that is %s', (name, status) => {
    const { answer } = dokployOperations['deployment.allByCompose'];
    const parsed = rowsIn(read(name)).map((row) => answer.parse([row])[0]?.status);
    expect(parsed).toContain(status);
  });

  test.each(['deployment-02-queueList-active', 'environment-07-byProjectId-with-compose'])(
    '%s is read by its schema',
    (name) => {
      const value = read(name);
      const rows = Array.isArray(value) ? value : [value];
      const operation = name.includes('queueList')
        ? 'deployment.queueList'
        : 'environment.byProjectId';
      expect(dokployOperations[operation].answer.safeParse(rows).success).toBe(true);
    },
  );

  test('the error of a failed build, which holds the whole env, has none of it when redacted', () => {
    const text = redactLog(JSON.stringify(read('webhook-02-build-error')).replaceAll('\\n', '\n'));
    expect(text).not.toContain('s3cr3t');
    expect(text).not.toMatch(/[A-Za-z0-9+/]{60,}/);
  });

  test('logs of failed deployments keep their reason', () => {
    const logOf = (name: string): string => redactLog(String(recordings.get(name)?.response.body));
    expect(logOf('deployment-10-readLogs-failed-image')).toContain('connection refused');
    expect(logOf('deployment-11-readLogs-failed-yaml')).toContain('Flow sequence');
    expect(logOf('deployment-12-readLogs-unhealthy-wait')).toContain('is unhealthy');
    expect(logOf('deployment-13-readLogs-bad-command')).toContain('shell control characters');
  });

  test('health is read from the words of docker', async () => {
    current = recordings.get('docker-01-getContainersByAppNameMatch')?.response ?? current;
    const query = { appName: 'rt-ws-001-1phvgt', appType: 'docker-compose' as const };
    const outcome = await connect()('docker.getContainersByAppNameMatch', query);
    const seen = outcome.kind === 'ok' ? outcome.value.map(healthOf) : [];
    expect(seen).toMatchObject([{ state: 'running', health: 'starting' }]);
  });
});
