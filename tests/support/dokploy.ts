/**
 * The Dokploy that contract tests talk to: the stand-in, or another one when TEST_DOKPLOY_URL and
 * TEST_DOKPLOY_API_KEY are both set (`npm run test:real`). One switch: `isReal`. What needs faults or
 * a restart on demand runs on the stand-in alone and is counted as skipped. With DOKPLOY_BACKEND=docker the stand-in runs what it is given
 * on a Docker engine. On a real one every project whose name starts with `testProjects` is removed
 * at the end.
 */
import { dokployOperations } from '#schemas/wire/dokploy.ts';
import type { DokployAnswer, DokployInput, DokployOperation } from '#schemas/wire/dokploy.ts';
import {
  apiKey as standInKey,
  composeFile,
  createHarness,
} from '#local/dokploy/testing/harness.ts';
import type { Harness } from '#local/dokploy/testing/harness.ts';
import { createDocker } from '#local/dokploy/docker/cli.ts';
import { importTestImages, removeTestImages } from '#local/dokploy/testing/docker-images.ts';
import { openEngine } from '#local/dokploy/testing/engine.ts';

const realUrl = process.env['TEST_DOKPLOY_URL']?.replace(/\/+$/, '') ?? '';
const realKey = process.env['TEST_DOKPLOY_API_KEY'] ?? '';
export const isReal = realUrl !== '' && realKey !== '';
/** Has BusyBox; pulled by the real one. */
const realImage = process.env['TEST_DOKPLOY_IMAGE'] ?? 'busybox:1.36';

/** What the names of all projects made by these tests start with. */
export const testProjects = 'hd-contract-';

export interface StackChanges {
  readonly greeting?: string;
  /** The one-shot ends with this code. */
  readonly once?: string;
  readonly sick?: boolean;
}

export interface TestDokploy {
  readonly apiKey: string;
  url(): string;
  /** A small stack whose routed service is `agent`, port 8080. */
  stack(changes?: StackChanges): string;
  /** As an operator would in the web form: past the adapter. */
  call<O extends DokployOperation>(operation: O, input: DokployInput<O>): Promise<DokployAnswer<O>>;
  /** Stand-in only. */
  fault(body: Readonly<Record<string, unknown>>): Promise<void>;
  clearFaults(): Promise<void>;
  control(command: string): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const realStack = (changes: StackChanges = {}): string => {
  const test = changes.sick === true ? 'exit 1' : 'wget -q -O /dev/null http://127.0.0.1:8080/';
  // `$$`: for the shell, not for Compose. A Dokploy without containers gives both another value.
  const [port, folder] = ['$${PORT:-8080}', '$${DATA_DIR:-/data}'];
  const page = `echo '${changes.greeting ?? 'hi'}' > "${folder}/index.html"`;
  const serve = `${page} && exec busybox httpd -f -p ${port} -h "${folder}"`;
  return JSON.stringify({
    services: {
      bootstrap: { image: realImage, command: ['sh', '-c', `exit ${changes.once ?? '0'}`] },
      agent: {
        image: realImage,
        command: ['sh', '-c', serve],
        stop_grace_period: '1s',
        depends_on: { bootstrap: { condition: 'service_completed_successfully' } },
        volumes: ['agent-data:/data'],
        healthcheck: { test: ['CMD-SHELL', test], interval: '1s', retries: 3 },
      },
    },
    volumes: { 'agent-data': {} },
  });
};

const onlyStandIn = (): Promise<never> =>
  Promise.reject(new Error('only the stand-in does this on demand'));

const callReal = async (operation: string, method: string, input: object): Promise<unknown> => {
  const url = new URL(`${realUrl}/api/${operation}`);
  if (method === 'GET') {
    for (const [name, value] of Object.entries(input)) url.searchParams.set(name, String(value));
  }
  const response = await fetch(url, {
    method,
    headers: { 'x-api-key': realKey, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(input) }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status}`);
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
};

/** Their services are stopped and removed by the tests: this only drops rows. */
const removeTestProjects = async (real: TestDokploy): Promise<void> => {
  const projects = await real.call('project.all', {});
  for (const { projectId, name } of projects) {
    if (name.startsWith(testProjects)) await callReal('project.remove', 'POST', { projectId });
  }
};

const openReal = (): TestDokploy => {
  const real: TestDokploy = {
    apiKey: realKey,
    url: () => realUrl,
    stack: realStack,
    call: async (operation, input) => {
      const { method, answer } = dokployOperations[operation];
      const value = await callReal(operation, method, input);
      return answer.parse(value) as DokployAnswer<typeof operation>;
    },
    fault: onlyStandIn,
    clearFaults: () => Promise.resolve(),
    control: onlyStandIn,
    restart: onlyStandIn,
    close: () => removeTestProjects(real),
  };
  return real;
};

const standIn = (harness: Harness, changeStack = (file: string): string => file): TestDokploy => {
  const control = async (path: string, method: string): Promise<void> => {
    const headers = { 'x-api-key': standInKey };
    const response = await fetch(`${harness.dokploy.apiOrigin}/_ctl/${path}`, { method, headers });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    apiKey: standInKey,
    url: () => harness.dokploy.apiOrigin,
    stack: (changes = {}) => changeStack(composeFile({ greeting: 'hi', ...changes })),
    call: (operation, input) => harness.call(operation, input),
    fault: (body) => harness.fault({ ...body }),
    clearFaults: () => control('faults', 'DELETE'),
    control: (command) => control(command, 'POST'),
    restart: () => harness.restart(),
    close: () => harness.remove(),
  };
};

/** Imported images have no digest to be named by. */
const withoutDigests = (file: string): string => file.replaceAll('@sha256:abc', '');

const openOnDocker = async (servers: readonly string[]): Promise<TestDokploy> => {
  const engine = await openEngine();
  if ('why' in engine) throw new Error(`DOKPLOY_BACKEND=docker: ${engine.why}`);
  const { environment } = engine;
  await importTestImages(createDocker(environment));
  const dokploy = standIn(
    await createHarness(servers, { kind: 'docker', environment }),
    withoutDigests,
  );
  const close = async (): Promise<void> => {
    await dokploy.close();
    await removeTestImages(createDocker(environment));
    await engine.stop();
  };
  return { ...dokploy, close };
};

/** `servers`: names of servers beside Dokploy's own, on the stand-in. */
export const openTestDokploy = async (servers: readonly string[] = []): Promise<TestDokploy> => {
  if (isReal) return openReal();
  if (process.env['DOKPLOY_BACKEND'] === 'docker') return openOnDocker(servers);
  return standIn(await createHarness(servers));
};
