/**
 * The Deployer port over Dokploy's REST API, with tiny stacks: what is created once however often
 * it is asked for, what is only `unknown`, and what never passes for success. Runs against the
 * stand-in, or against a real Dokploy (see tests/support/dokploy.ts).
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDokployCall } from '#adapters/dokploy/client.ts';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import type { ComposeConfig, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import { isReal, openTestDokploy, testProjects } from '#tests/support/dokploy.ts';
import type { TestDokploy } from '#tests/support/dokploy.ts';
import { valueOf } from '#tests/support/dokploy-services.ts';
import { deafPort, eventually, startSilence, startWebsite } from '#tests/support/http.ts';
import { unique } from '#tests/support/product.ts';

let dokploy: TestDokploy;
let deployer: Deployer;
let projectId: string;
let environmentId: string;
const logged: string[] = [];
const keep: Log['info'] = (event, fields) => {
  logged.push(JSON.stringify({ event, ...fields }));
};
const log: Log = { info: keep, warn: keep, error: keep };

const connect = (changes: { url?: string; apiKey?: string; timeoutMs?: number } = {}): Deployer =>
  openDokploy({ url: dokploy.url(), apiKey: dokploy.apiKey, timeoutMs: 10_000, ...changes }, log);
/** Needs a fault or a restart on demand. */
const onStandIn = test.skipIf(isReal);

beforeAll(async () => {
  dokploy = await openTestDokploy();
});
afterAll(() => dokploy.close());
beforeEach(async () => {
  deployer = connect();
  ({ projectId, environmentId } = valueOf(await deployer.ensureProject(`${testProjects}suite`)));
});
afterEach(() => dokploy.clearFaults());
afterEach(async () => {
  if (!isReal) return;
  for (const composeId of made.splice(0)) await deployer.remove(composeId, { volumes: true });
});

const made: string[] = [];
const newCompose = async (): Promise<string> => {
  const name = unique('rt-');
  const place = { projectId, environmentId, name };
  const { composeId } = valueOf(await deployer.ensureCompose(place));
  made.push(composeId);
  return composeId;
};
const config = (changes: Partial<ComposeConfig> = {}): ComposeConfig => ({
  file: dokploy.stack(),
  host: `${unique('acme-')}.runtimes.test`,
  https: false,
  serviceName: 'agent',
  servicePort: 8080,
  waitSeconds: 30,
  ...changes,
});
const configured = async (changes: Partial<ComposeConfig> = {}): Promise<string> => {
  const composeId = await newCompose();
  valueOf(await deployer.configure(composeId, config(changes)));
  return composeId;
};
const statusOf = async (composeId: string, title: string): Promise<string> =>
  valueOf(await deployer.deploymentStatus(composeId, title)).status;
const ends = (composeId: string, title: string): Promise<string> =>
  eventually(
    () => statusOf(composeId, title),
    (status) => !['queued', 'running'].includes(status),
    45_000,
  );

describe('a project and a compose', () => {
  test('are found by our name when they exist', async () => {
    const name = unique(testProjects);
    const first = valueOf(await deployer.ensureProject(name));
    expect(valueOf(await deployer.ensureProject(name))).toEqual(first);
    const place = { ...first, name: unique('rt-') };
    const compose = valueOf(await deployer.ensureCompose(place));
    expect(valueOf(await deployer.ensureCompose(place))).toEqual(compose);
    expect(compose.composeStatus).toBe('idle');
    const [environment] = await dokploy.call('environment.byProjectId', {
      projectId: first.projectId,
    });
    expect(environment?.compose).toHaveLength(1);
  });

  test('made twice at once, everyone settles on the same one', async () => {
    const name = unique(testProjects);
    await Promise.all(Array.from({ length: 5 }, () => deployer.ensureProject(name)));
    const settled = await Promise.all(
      Array.from({ length: 5 }, async () => valueOf(await deployer.ensureProject(name))),
    );
    expect(new Set(settled.map((each) => each.projectId)).size).toBe(1);
  });

  test.skipIf(isReal).each(['project.create', 'compose.create'])(
    'an answer of %s that is lost is looked for, and nothing is made twice',
    async (operation) => {
      const name = unique('lost-');
      const ensure = async (): Promise<DeployerOutcome<unknown>> =>
        operation === 'project.create'
          ? deployer.ensureProject(name)
          : deployer.ensureCompose({ projectId, environmentId, name });
      await dokploy.fault({ kind: 'answer_lost', only: operation });
      const first = valueOf(await ensure());
      await dokploy.fault({ kind: 'server_error', only: operation });
      expect(valueOf(await ensure())).toEqual(first);
    },
  );

  test.skipIf(isReal).each(['project.create', 'compose.create'])(
    'a call of %s that never arrived is unknown, not failed',
    async (operation) => {
      const name = unique('late-');
      const hasty = connect({ timeoutMs: 400 });
      valueOf(await hasty.ensureProject(`${testProjects}suite`));
      await dokploy.fault({ kind: 'slow', delayMs: 1_500, only: operation });
      const outcome =
        operation === 'project.create'
          ? await hasty.ensureProject(name)
          : await hasty.ensureCompose({ projectId, environmentId, name });
      expect(outcome).toEqual({ kind: 'unknown' });
    },
  );

  test('made twice under one name, the oldest is used and the younger is reported', async () => {
    const name = unique('twin-');
    const first = await dokploy.call('compose.create', { name, environmentId });
    const second = await dokploy.call('compose.create', { name, environmentId });
    made.push(first.composeId, second.composeId);
    const place = { projectId, environmentId, name };
    const settled = valueOf(await deployer.ensureCompose(place));
    expect(settled).toMatchObject({
      composeId: first.composeId,
      duplicates: [second.composeId],
    });
    const still = await dokploy.call('compose.one', { composeId: second.composeId });
    expect(still.name).toBe(name);
  });
});

describe('configuring', () => {
  test('twice the same writes once', async () => {
    const composeId = await newCompose();
    const wanted = config();
    const first = valueOf(await deployer.configure(composeId, wanted));
    for (const only of isReal ? [] : ['compose.update', 'domain.create', 'domain.update']) {
      await dokploy.fault({ kind: 'server_error', only });
    }
    expect(valueOf(await deployer.configure(composeId, wanted))).toEqual(first);
    const row = await dokploy.call('compose.one', { composeId });
    expect(row.domains).toHaveLength(1);
    expect(row.composeFile).toBe(wanted.file);
    expect([row.autoDeploy, row.isolatedDeployment]).toEqual([false, true]);
  });

  test.skipIf(isReal).each(['compose.update', 'domain.create', 'domain.update'])(
    'an answer of %s that is lost is read back',
    async (only) => {
      const composeId = await newCompose();
      const wanted = config();
      const changed = { ...wanted, servicePort: 8081 };
      const before = only === 'domain.update' ? changed : null;
      if (before !== null) valueOf(await deployer.configure(composeId, before));
      await dokploy.fault({ kind: 'answer_lost', only });
      valueOf(await deployer.configure(composeId, wanted));
      const row = await dokploy.call('compose.one', { composeId });
      expect(row.composeFile).toBe(wanted.file);
      expect(row.domains).toMatchObject([{ port: 8080, host: wanted.host }]);
    },
  );

  test('another file or port changes what is there', async () => {
    const composeId = await newCompose();
    const wanted = config();
    const { domainId } = valueOf(await deployer.configure(composeId, wanted));
    const changed = { ...wanted, file: dokploy.stack({ greeting: 'hello' }), servicePort: 8081 };
    expect(valueOf(await deployer.configure(composeId, changed))).toEqual({ domainId });
    const row = await dokploy.call('compose.one', { composeId });
    expect(row.composeFile).toBe(changed.file);
    expect(row.domains).toMatchObject([{ domainId, port: 8081, host: wanted.host }]);
  });
});

describe('a deployment', () => {
  test('asked for again under its title is the same one', async () => {
    const composeId = await configured();
    const title = unique('deploy-');
    expect(await statusOf(composeId, title)).toBe('absent');
    for (let time = 0; time < 3; time += 1) valueOf(await deployer.deploy(composeId, title));
    expect(await ends(composeId, title)).toBe('done');
    valueOf(await deployer.deploy(composeId, title));
    const recent = valueOf(await deployer.recentDeployments(composeId));
    expect(recent).toMatchObject([{ title, status: 'done' }]);
    expect(Date.parse(recent[0]?.finishedAt ?? '')).not.toBeNaN();
    expect(recent[0]?.logPath).not.toBe('');
    expect(valueOf(await deployer.composeStatus(composeId)).composeStatus).toBe('done');
  });

  onStandIn('whose answer was lost is looked for, and is not made twice', async () => {
    const composeId = await configured();
    const title = unique('deploy-');
    await dokploy.fault({ kind: 'answer_lost', only: 'compose.deploy' });
    valueOf(await deployer.deploy(composeId, title));
    valueOf(await deployer.deploy(composeId, title));
    expect(await ends(composeId, title)).toBe('done');
    expect(valueOf(await deployer.recentDeployments(composeId))).toHaveLength(1);
  });

  test('that fails says error, and the next title is a new try', async () => {
    const composeId = await configured({ file: dokploy.stack({ once: '3' }) });
    const [first, second] = [unique('deploy-'), unique('deploy-')];
    valueOf(await deployer.deploy(composeId, first));
    expect(await ends(composeId, first)).toBe('error');
    expect(valueOf(await deployer.composeStatus(composeId)).composeStatus).toBe('error');
    valueOf(await deployer.deploy(composeId, second));
    expect(await ends(composeId, second)).toBe('error');
    expect(valueOf(await deployer.recentDeployments(composeId))).toHaveLength(2);
  });

  test('that starts something unhealthy says error, not done', async () => {
    const composeId = await configured({ file: dokploy.stack({ sick: true }) });
    const title = unique('deploy-');
    valueOf(await deployer.deploy(composeId, title));
    expect(await ends(composeId, title)).toBe('error');
  });

  onStandIn('that the queue dropped is absent, and may be asked for again', async () => {
    const composeId = await configured();
    const title = unique('deploy-');
    await dokploy.fault({ kind: 'queue_dropped', only: composeId });
    valueOf(await deployer.deploy(composeId, title));
    expect(await ends(composeId, title)).toBe('absent');
    valueOf(await deployer.deploy(composeId, title));
    expect(await ends(composeId, title)).toBe('done');
  });

  onStandIn('that a restart of Dokploy interrupts is cancelled', async () => {
    const composeId = await configured();
    const title = unique('deploy-');
    await dokploy.fault({ kind: 'deployment_stuck', only: composeId });
    valueOf(await deployer.deploy(composeId, title));
    await eventually(
      () => statusOf(composeId, title),
      (status) => status === 'running',
    );
    await dokploy.restart();
    deployer = connect();
    expect(await statusOf(composeId, title)).toBe('cancelled');
  });
});

/** Every operation of the port, about things that may exist or not. */
const everything = (port: Deployer): readonly Promise<DeployerOutcome<unknown>>[] => [
  port.ensureProject(`${testProjects}suite`),
  port.ensureCompose({ projectId, environmentId, name: 'x' }),
  port.configure('nowhere', config()),
  port.deploy('nowhere', 'x'),
  port.deploymentStatus('nowhere', 'x'),
  port.recentDeployments('nowhere'),
  port.composeStatus('nowhere'),
  port.stop('nowhere'),
  port.remove('nowhere', { volumes: true }),
  port.health('nowhere'),
  port.inspect('nowhere'),
  port.failureLog('nowhere', 'x'),
];
const kindsOf = async (port: Deployer): Promise<ReadonlySet<string>> => {
  const outcomes = await Promise.all(everything(port));
  return new Set(
    outcomes.map((each) => (each.kind === 'refused' ? `refused:${each.code}` : each.kind)),
  );
};

describe('what is not there', () => {
  test.each([
    ['configuring', (port: Deployer) => port.configure('nowhere', config())],
    ['deploying', (port: Deployer) => port.deploy('nowhere', 'x')],
    ['a status', (port: Deployer) => port.composeStatus('nowhere')],
    ['stopping', (port: Deployer) => port.stop('nowhere')],
    ['removing', (port: Deployer) => port.remove('nowhere', { volumes: true })],
    ['health', (port: Deployer) => port.health('nowhere')],
    ['a configuration', (port: Deployer) => port.inspect('nowhere')],
    ['a log', (port: Deployer) => port.failureLog('nowhere', 'x')],
  ])('%s: not found, and nothing is made', async (_what, ask) => {
    expect(await ask(deployer)).toEqual({ kind: 'not_found' });
  });
});

describe('when Dokploy does not answer as it should', () => {
  test('a wrong key is a refusal', async () => {
    expect(await kindsOf(connect({ apiKey: 'x'.repeat(64) }))).toEqual(
      new Set(['refused:unauthorized']),
    );
  });

  onStandIn('a key that worked and is used up is told from a wrong one', async () => {
    await dokploy.fault({ kind: 'key_limited', count: 100 });
    expect(await kindsOf(deployer)).toEqual(new Set(['refused:rate_limited_or_unauthorized']));
  });

  onStandIn('its own failure is a refusal', async () => {
    await dokploy.fault({ kind: 'server_error', count: 100 });
    expect(await kindsOf(deployer)).toEqual(new Set(['refused:failed']));
  });

  test('nobody listening is unknown', async () => {
    const url = `http://127.0.0.1:${await deafPort()}`;
    expect(await kindsOf(connect({ url }))).toEqual(new Set(['unknown']));
  });

  onStandIn('a slow answer is unknown, whatever it would have been', async () => {
    const hasty = connect({ timeoutMs: 300 });
    await dokploy.fault({ kind: 'slow', delayMs: 1_500, count: 20 });
    expect(await kindsOf(hasty)).toEqual(new Set(['unknown']));
  });

  test('silence is unknown', async () => {
    const silence = await startSilence();
    expect(await kindsOf(connect({ url: silence.url, timeoutMs: 300 }))).toEqual(
      new Set(['unknown']),
    );
    await silence.close();
  });

  test('a healthy-looking web page is never taken for an answer', async () => {
    const website = await startWebsite();
    const settings = { url: website.url, apiKey: dokploy.apiKey, timeoutMs: 5_000 };
    expect(await kindsOf(connect(settings))).toEqual(new Set(['refused:failed']));
    const call = createDokployCall(settings, log);
    const deploying = await call('compose.deploy', { composeId: 'x', title: 'x' });
    const updating = await call('compose.update', { composeId: 'x', composeFile: '' });
    expect([deploying.kind, updating.kind]).toEqual(['refused', 'refused']);
    await website.close();
  });

  test('the log tells what failed, and never the key', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('\n')).not.toContain(dokploy.apiKey);
  });
});
