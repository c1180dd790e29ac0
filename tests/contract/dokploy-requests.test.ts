/**
 * Every request the adapter sends, seen on the wire between it and the stand-in, against the request
 * schemas of Dokploy's own OpenAPI document: known operation and method, nothing missing, nothing
 * of the wrong type (Dokploy coerces: "false" is true there), no property it would silently drop.
 * The document is not part of the repository; without it this file says so and is skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import type { ComposeConfig, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { apiKey, composeFile, createHarness } from '#local/dokploy/testing/harness.ts';
import type { Harness } from '#local/dokploy/testing/harness.ts';
import { eventually } from '#tests/support/http.ts';

const file =
  process.env['DOKPLOY_OPENAPI'] ??
  join(import.meta.dirname, '../../../shared/reference/dokploy-openapi-subset.json');
const present = existsSync(file);
if (!present) console.warn(`SKIPPED: no OpenAPI document of Dokploy at ${file}`);

const jsonSchema = z.looseObject({});
const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.optional(z.boolean()),
  schema: jsonSchema,
});
const operation = z.looseObject({
  parameters: z.optional(z.array(parameter)),
  requestBody: z.optional(
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: jsonSchema })) }),
  ),
});
const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });
type Document = z.infer<typeof document>;

/** Unknown properties are dropped in silence there, so here they are mistakes. */
const strictly = (schema: z.infer<typeof jsonSchema>): z.ZodType =>
  z.fromJSONSchema({ ...schema, additionalProperties: false });

const types = z.looseObject({ type: z.optional(z.string()) });
/** A query is text; numbers in it are read as numbers. */
const typed = (schema: unknown, given: string): unknown =>
  ['number', 'integer'].includes(types.parse(schema).type ?? '') ? Number(given) : given;

interface Sent {
  readonly method: string;
  readonly operation: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

const checkQuery = (parameters: readonly z.infer<typeof parameter>[], sent: Sent): string[] => {
  const properties = Object.fromEntries(parameters.map((each) => [each.name, each.schema]));
  const required = parameters.filter((each) => each.required === true).map((each) => each.name);
  const values = Object.entries(sent.query).map(([name, given]) => [
    name,
    typed(properties[name] ?? {}, given),
  ]);
  const parsed = strictly({ type: 'object', properties, required }).safeParse(
    Object.fromEntries(values),
  );
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
};

/** What is wrong with a request; empty when nothing is. */
const faultsOf = ({ paths }: Document, sent: Sent): readonly string[] => {
  const found = paths[`/${sent.operation}`]?.[sent.method.toLowerCase()];
  if (found === undefined) return [`no ${sent.method} ${sent.operation}`];
  if (sent.method === 'GET') return checkQuery(found.parameters ?? [], sent);
  const schema = found.requestBody?.content['application/json']?.schema;
  if (schema === undefined) return ['takes no body'];
  const parsed = strictly(schema).safeParse(JSON.parse(sent.body));
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

const quiet = (): void => undefined;
const log: Log = { info: quiet, warn: quiet, error: quiet };
const sentRequests: Sent[] = [];
let harness: Harness;
let wire: Server;
let deployer: Deployer;

/** Passes everything on, and keeps what was asked. */
const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', harness.dokploy.apiOrigin);
  const body = await text(request);
  const method = request.method ?? 'GET';
  const query = Object.fromEntries(url.searchParams);
  sentRequests.push({ method, operation: url.pathname.replace('/api/', ''), query, body });
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body }) });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
};

beforeAll(async () => {
  harness = await createHarness(['tenant-a']);
  wire = createServer((request, response) => {
    passOn(request, response).catch(() => response.destroy());
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const url = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`;
  deployer = openDokploy({ url, apiKey, timeoutMs: 10_000, slowTimeoutMs: 30_000 }, log);
});
afterAll(async () => {
  wire.closeAllConnections();
  wire.close();
  await harness.remove();
});

const valueOf = <T>(outcome: DeployerOutcome<T>): T => {
  if (outcome.kind !== 'ok') throw new Error(`ended as ${JSON.stringify(outcome)}`);
  return outcome.value;
};

/** Everything the port can do, once, with a service on a server of its own. */
const liveOnce = async (): Promise<void> => {
  const place = valueOf(await deployer.ensureProject('requests'));
  const name = 'rt-requests';
  const [server] = await harness.call('server.all', {});
  const { environmentId } = place;
  const serverId = server?.serverId ?? null;
  await harness.call('compose.create', { name, environmentId, sourceType: 'raw', serverId });
  expect(valueOf(await deployer.serverStatus(serverId))).toBe('reachable');
  await harness.fault({ kind: 'machine_unreachable', only: serverId });
  expect(valueOf(await deployer.serverStatus(serverId))).toBe('unreachable');
  valueOf(await deployer.ensureCompose({ ...place, name: 'rt-other' }));
  const { composeId } = valueOf(await deployer.ensureCompose({ ...place, name }));
  const config: ComposeConfig = {
    file: composeFile({ greeting: 'hi' }),
    host: 'acme.runtimes.test',
    https: false,
    serviceName: 'agent',
    servicePort: 8080,
    waitSeconds: 30,
  };
  valueOf(await deployer.configure(composeId, config));
  valueOf(await deployer.configure(composeId, { ...config, https: true, servicePort: 8081 }));
  valueOf(await deployer.configure(composeId, config));
  valueOf(await deployer.deploy(composeId, 'r:1'));
  await eventually(
    async () => valueOf(await deployer.deploymentStatus(composeId, 'r:1')).status,
    (status) => status === 'done',
    45_000,
  );
  valueOf(await deployer.recentDeployments(composeId));
  valueOf(await deployer.composeStatus(composeId));
  valueOf(await deployer.health(composeId));
  valueOf(await deployer.failureLog(composeId, 'r:1'));
  valueOf(await deployer.inspect(composeId));
  valueOf(await deployer.stop(composeId));
  expect(valueOf(await deployer.remove(composeId, { volumes: true })).state).toBe('gone');
};

describe.skipIf(!present)('what the adapter sends', () => {
  test('is what the document asks for, from the first call to the last', async () => {
    const described = document.parse(JSON.parse(readFileSync(file, 'utf8')));
    await liveOnce();
    const wrong = sentRequests.flatMap((sent) =>
      faultsOf(described, sent).map((fault) => `${sent.method} ${sent.operation}: ${fault}`),
    );
    expect(wrong).toEqual([]);
    const operations = [...new Set(sentRequests.map((sent) => sent.operation))].sort();
    expect(operations).toEqual([
      'compose.cleanQueues',
      'compose.create',
      'compose.delete',
      'compose.deploy',
      'compose.one',
      'compose.stop',
      'compose.update',
      'deployment.allByCompose',
      'deployment.queueList',
      'deployment.readLogs',
      'docker.getContainersByAppNameMatch',
      'domain.create',
      'domain.update',
      'environment.byProjectId',
      'project.all',
      'project.create',
      'server.validate',
      'settings.getDokployVersion',
    ]);
  });

  test.each([
    ['a text for a boolean', { composeId: 'c', deleteVolumes: 'false' }],
    ['a missing boolean', { composeId: 'c' }],
    ['a property nobody reads', { composeId: 'c', deleteVolumes: true, force: true }],
  ])('would be caught with %s', (_what, body) => {
    const described = document.parse(JSON.parse(readFileSync(file, 'utf8')));
    const sent = { method: 'POST', operation: 'compose.delete', query: {} };
    expect(faultsOf(described, { ...sent, body: JSON.stringify(body) })).not.toEqual([]);
  });
});
