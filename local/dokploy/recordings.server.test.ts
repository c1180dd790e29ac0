/**
 * Answers against the recordings of a running Dokploy v0.30.2: same status, content type and key
 * set, key by key. The recordings are not part of the repository; without them this file says so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { composeFile, createHarness, eventually, type Harness } from './testing/harness.ts';

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

function recorded(name: string): z.infer<typeof recording> {
  return z.parse(recording, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

/** `path: type` of every value; arrays by their first element, values not compared. */
function shape(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : shape(value[0], `${path}[]`);
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}.${key}`,
    ...shape(inner, `${path}.${key}`),
  ]);
}

function keySet(value: unknown): string[] {
  return [...new Set(shape(value))].sort();
}

let harness: Harness;
const ids: Record<string, string> = {};
/** Where a recording needs something that is spent or was never deployed. */
const freshIds: Readonly<Record<string, string>> = {
  composeId: 'freshId',
  projectId: 'spareProjectId',
};

beforeAll(async () => {
  if (!present) return;
  harness = await createHarness(['tenant-a']);
  const created = await harness.call('project.create', { name: 'p' });
  const [server] = await harness.call('server.all', {});
  const { environmentId } = created.environment;
  const row = await harness.call('compose.create', {
    ...{ name: 'c', appName: 'c', environmentId, sourceType: 'raw' },
    composeFile: composeFile({ greeting: 'hi' }),
  });
  const fresh = await harness.call('compose.create', { name: 'new', environmentId });
  const spare = await harness.call('project.create', { name: 'spare' });
  Object.assign(ids, {
    spareProjectId: spare.project.projectId,
    projectId: created.project.projectId,
    environmentId,
    composeId: row.composeId,
    appName: row.appName,
    freshId: fresh.composeId,
    serverId: server?.serverId ?? '',
  });
  await harness.call('domain.create', {
    ...{ composeId: row.composeId, host: 'a.test', port: 8080, serviceName: 'agent' },
    ...{ https: true, certificateType: 'letsencrypt', domainType: 'compose' },
  });
  const { composeId } = row;
  await harness.call('compose.deploy', { composeId, title: 't' });
  const [deployment] = await eventually(
    async () => harness.call('deployment.allByCompose', { composeId }),
    (rows) => rows[0]?.status === 'done',
  );
  ids['deploymentId'] = deployment?.deploymentId ?? '';
});
afterAll(async () => {
  if (present) await harness.remove();
});

/** Input with our ids in place of the recorded ones. */
function withOurIds(input: unknown, fresh: boolean): unknown {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]: [string, unknown]) => {
      const known = key in ids && !['doesnotexist', 'nope'].includes(String(value));
      if (!known || key === 'appName') return [key, value];
      const own = fresh ? (freshIds[key] ?? key) : key;
      return [key, ids[own]];
    }),
  );
}

const asRecorded: readonly (readonly [name: string, fresh?: 'fresh'])[] = [
  ['project-01-create'],
  ['project-02-create-same-name-again'],
  ['project-03-remove', 'fresh'],
  ['project-06-one-404'],
  ['environment-01-create'],
  ['environment-02-create-same-name-again'],
  ['environment-03-create-production-400'],
  ['compose-01-create'],
  ['compose-02-create-same-name-and-appName-again'],
  ['compose-03-create-without-sourceType'],
  ['compose-04-create-bad-environment-404'],
  ['compose-05-create-validation-400'],
  ['compose-06-create-bad-appName-400'],
  ['compose-07-create-bad-server'],
  ['compose-09-update', 'fresh'],
  ['compose-10-update-unknown-id'],
  ['compose-11-saveEnvironment', 'fresh'],
  ['compose-13-one-404'],
  ['compose-14-getDefaultCommand'],
  ['compose-15-loadServices-cache-before-deploy-404', 'fresh'],
  ['compose-18-deploy'],
  ['compose-21-loadServices-after-deploy'],
  ['compose-24-redeploy'],
  ['compose-29-cleanQueues'],
  ['compose-40-update-coercion', 'fresh'],
  ['compose-41-update-description-number', 'fresh'],
  ['compose-42-stop-never-deployed', 'fresh'],
  ['compose-43-start-never-deployed', 'fresh'],
  ['deployment-03-allByCompose-done'],
  ['deployment-05-allCentralized'],
  ['deployment-06-readLogs'],
  ['domain-01-create'],
  ['domain-02-create-same-host-again'],
  ['domain-03-byComposeId'],
  ['domain-05-create-missing-serviceName'],
  ['domain-06-create-empty-host'],
  ['domain-07-validateDomain-unresolvable'],
  ['server-07-validate-reachable'],
  ['settings-01-getDokployVersion'],
  ['settings-02-health'],
  ['err-01-unknown-operation-404'],
  ['err-02-get-on-mutation-404'],
  ['err-03-validation-400'],
  ['compose-08-delete-never-deployed', 'fresh'],
];

describe.skipIf(!present)('as recorded', () => {
  test.each(asRecorded.map(([name, fresh]) => ({ name, fresh })))('$name', async (each) => {
    const { name, fresh } = each;
    const { request, response } = recorded(name);
    const operation = request.path.replace('/api/', '');
    const input = withOurIds(request.body ?? request.query, fresh === 'fresh');
    const got = await harness.raw(request.method, operation, input);
    expect(got.status).toBe(response.status);
    expect(got.contentType).toBe(response.contentType);
    if (response.rawBodyLength === 0) {
      expect(got.text).toBe('');
      return;
    }
    const body: unknown = JSON.parse(got.text);
    expect(keySet(body)).toEqual(keySet(response.body));
    if (response.status >= 400 && response.status < 500) expect(body).toEqual(response.body);
  });

  test.each([
    ['project-04-all', 'project.all'],
    ['project-05-one', 'project.one'],
    ['environment-07-byProjectId-with-compose', 'environment.byProjectId'],
    ['deployment-02-queueList-active', 'deployment.queueList'],
    ['compose-19-one-after-deploy', 'compose.one'],
    ['server-04-all', 'server.all'],
    ['docker-01-getContainersByAppNameMatch', 'docker.getContainersByAppNameMatch'],
  ])('%s has the same keys at its first level', async (name, operation) => {
    const file: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const whole = z.safeParse(recording, file);
    const theirs = oneOf(whole.success ? whole.data.response.body : file, operation);
    if (operation === 'deployment.queueList') {
      await harness.call('compose.deploy', { composeId: ids['composeId'] ?? '', title: 'k' });
    }
    const got = await harness.raw('GET', operation, ids);
    const ours = oneOf(JSON.parse(got.text), operation);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  });

  test('transport errors are plain text, but for the content type', async () => {
    const post = async (body: string, contentType: string): Promise<[number, string]> => {
      const response = await fetch(`${harness.dokploy.apiOrigin}/api/project.create`, {
        method: 'POST',
        headers: { 'x-api-key': 'k'.repeat(64), 'content-type': contentType },
        body,
      });
      return [response.status, await response.text()];
    };
    expect(await post('{bad', 'application/json')).toEqual([400, 'Invalid JSON']);
    const large = `{"name":"${'x'.repeat(1_100_000)}"}`;
    expect(await post(large, 'application/json')).toEqual([413, 'Body exceeded 1mb limit']);
    const [status, text] = await post('x=1', 'text/plain');
    expect(status).toBe(415);
    expect(JSON.parse(text)).toEqual(recorded('err-05-missing-content-type-415').response.body);
    const url = `${harness.dokploy.apiOrigin}/api/project.all`;
    for (const headers of [{}, { 'x-api-key': 'z'.repeat(64) }]) {
      const refused = await fetch(url, { headers });
      const theirs = recorded('auth-01-no-key-401').response;
      expect(refused.status).toBe(401);
      expect(refused.headers.get('content-type')).toBe(theirs.contentType);
      expect(await refused.json()).toEqual(theirs.body);
    }
  });

  test('the log of a deployment reads line for line as recorded, names apart', async () => {
    const request = recorded('compose-01-create').request.body as { composeFile: string };
    const { composeId } = await harness.call('compose.create', {
      ...{ name: 'log', appName: 'rt-ws-001', environmentId: ids['environmentId'] ?? '' },
      sourceType: 'raw',
      composeFile: request.composeFile
        .replace('fake-runtime:1', 'tiny/gateway:1')
        .replace('data:/data', 'data:/state')
        .replace('openclaw:', 'gateway:'),
    });
    const env = 'PUBLIC_HOST=t1.example.test\nTENANT_REF=ws_001';
    await harness.call('compose.saveEnvironment', { composeId, env });
    await harness.call('compose.update', { composeId, isolatedDeployment: true });
    await harness.call('compose.deploy', { composeId, title: 'l' });
    const [row] = await eventually(
      async () => harness.call('deployment.allByCompose', { composeId }),
      (rows) => rows[0] !== undefined && rows[0].status !== 'running',
    );
    const { deploymentId } = row ?? { deploymentId: '' };
    const log = await harness.call('deployment.readLogs', { deploymentId });
    const theirs = String(recorded('deployment-06-readLogs').response.body);
    expect(anonymous(log)).toEqual(anonymous(theirs.replaceAll('-openclaw-1', '-gateway-1')));
  });
});

describe.skipIf(!present)('the log of a deployment that fails', () => {
  const stack = `services:
  gateway:
    image: tiny/gateway:1
    stop_grace_period: 1s
    volumes: ["data:/state"]
    environment: { SICK: "1" }
    healthcheck:
      test: ["CMD", "curl", "-f", "http://127.0.0.1:18789/healthz"]
      interval: 100ms
      retries: 1
volumes: { data: {} }
`;
  const wait = (appName: string): string =>
    `compose -p ${appName} -f docker-compose.yml up -d --remove-orphans --wait --wait-timeout 40`;

  interface Made {
    readonly composeId: string;
    readonly appName: string;
  }
  const create = async (appName = 'rt-ws-001'): Promise<Made> =>
    harness.call('compose.create', {
      ...{ name: 'log', appName, environmentId: ids['environmentId'] ?? '' },
      ...{ sourceType: 'raw', composeFile: stack },
    });
  const deploy = async ({ composeId }: Made, title = 'l'): Promise<string> => {
    await harness.call('compose.deploy', { composeId, title });
    const [row] = await eventually(
      async () => harness.call('deployment.allByCompose', { composeId }),
      (rows) => rows[0]?.title === title && rows[0].status !== 'running',
    );
    const { deploymentId = '' } = row ?? {};
    return harness.call('deployment.readLogs', { deploymentId });
  };
  const theirs = (name: string): string[] =>
    anonymous(String(recorded(name).response.body))
      .map((line) => line.replaceAll('openclaw', 'gateway'))
      .map((line) => line.replaceAll('http://127.0.0.1:5999/v2/', 'https://registry.test/v2/'))
      .map((line) => line.replace('dial tcp 127.0.0.1:5999', 'dial tcp'));

  test('reads as recorded when the image cannot be had', async () => {
    const made = await create();
    await harness.fault({ kind: 'pull_fails', only: made.composeId });
    await harness.call('compose.update', {
      composeId: made.composeId,
      composeFile: stack.replace('tiny/gateway:1', 'tiny/gateway:never'),
    });
    expect(anonymous(await deploy(made))).toEqual(theirs('deployment-10-readLogs-failed-image'));
  });

  test('an unreachable server answers as recorded', async () => {
    const { serverId = '' } = ids;
    await harness.fault({ kind: 'machine_unreachable', only: serverId });
    const got = await harness.raw('GET', 'server.validate', { serverId });
    const { response } = recorded('server-05-validate-unreachable');
    expect([got.status, JSON.parse(got.text)]).toEqual([response.status, response.body]);
  });

  test('reads as recorded when the file is broken', async () => {
    const made = await create();
    const { composeId } = made;
    await harness.call('compose.update', { composeId, composeFile: 'services: [oops' });
    expect(anonymous(await deploy(made))).toEqual(theirs('deployment-11-readLogs-failed-yaml'));
    const start = await harness.raw('POST', 'compose.start', { composeId });
    const { response } = recorded('compose-26-start-failing-500');
    expect(start.status).toBe(response.status);
    const opening = /^Command execution failed.* up -d\nyaml: /;
    const messages = [JSON.parse(start.text) as object, response.body as object];
    for (const each of messages) {
      expect(each).toMatchObject({ message: expect.stringMatching(opening) as string });
    }
  });

  test('reads as recorded when a service is unhealthy', async () => {
    const made = await create();
    await deploy(made);
    const { composeId, appName } = made;
    await harness.call('compose.update', { composeId, command: wait(appName) });
    // Two deployments of one second share a file, as on the real one.
    const both = anonymous(await deploy(made, 'with wait'));
    const log = both.slice(both.lastIndexOf('Initializing deployment'));
    expect(log).toEqual(theirs('deployment-12-readLogs-unhealthy-wait'));
    await harness.call('compose.delete', { composeId, deleteVolumes: true });
  });

  test('reads as recorded when the command is refused', async () => {
    const made = await create();
    const { composeId } = made;
    await harness.call('compose.update', { composeId, command: 'compose up; id' });
    expect(anonymous(await deploy(made))).toEqual(theirs('deployment-13-readLogs-bad-command'));
  });

  test('reads as recorded when a domain names no service, and leaves the bare file', async () => {
    const made = await create('never');
    const { composeId } = made;
    await harness.call('domain.create', {
      ...{ composeId, host: 'n.example.test', port: 80, serviceName: 'nosuch' },
      ...{ https: false, certificateType: 'none', domainType: 'compose' },
    });
    const expected = theirs('deployment-23-readLogs-domain-wrong-service');
    expect(anonymous(await deploy(made))).toEqual(expected);
    expect((await harness.raw('POST', 'compose.start', { composeId })).status).toBe(200);
    await harness.call('compose.delete', { composeId, deleteVolumes: true });
  });
});

/** Of the queue the last row is the active one, which has one key more than a waiting one. */
function oneOf(value: unknown, operation: string): object {
  const at = operation === 'deployment.queueList' ? -1 : 0;
  const one: unknown = Array.isArray(value) ? value.at(at) : value;
  if (one === null || typeof one !== 'object') throw new Error('nothing to compare');
  return one;
}

function anonymous(log: string): string[] {
  return log
    .replaceAll(/(?:rt-ws-001|never)-[a-z0-9]{6}/g, 'NAME')
    .replaceAll(/^[0-9a-f]{64}$/gm, 'NETWORK')
    .split('\n');
}
