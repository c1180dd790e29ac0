/**
 * No secret of a tenant leaves its server. A customer goes the whole way in a real browser, and then
 * everything that was written or sent is searched for every secret that came into being: Appwrite's
 * file, executions and logs, Dokploy's store, environment, compose file and logs, our own logs, the
 * browser's storage and its network record. A run in which the secrets were not really on the tenant
 * fails as well.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import * as z from 'zod/mini';
import { needlesOf } from '#tests/security/custody/needles.ts';
import type { Canary } from '#tests/security/custody/needles.ts';
import { scanBytes, scanFolder } from '#tests/security/custody/scan.ts';
import type { Hit } from '#tests/security/custody/scan.ts';
import { recordNetwork } from './network.ts';
import type { NetworkRecord } from './network.ts';
import { openStage, visit } from './stage.ts';
import type { Stage, Visitor } from './stage.ts';
import {
  authorizeUrlOf,
  by,
  createWorkspace,
  orderRuntime,
  paste,
  payByCard,
  provisioningTimeoutMs,
  signInAtOpenAi,
  signUp,
  waitFor,
} from './steps.ts';

const subdomain = 'custody';
/** Where the customer's own secrets may be: the tenant's volumes, and the issuer's own files. */
const volumes = 'dokploy/volumes';
const issuerOwn = 'openai';

let stage: Stage;
let visitor: Visitor;
let network: NetworkRecord;
/** Of the login: it goes through the browser's hands, and nowhere else. */
const login = { state: '', code: '' };
const tickets: string[] = [];
/** Codes and tokens of the issuer. */
let handedOut: readonly string[] = [];
/** What the runtime's own page gave this browser, and what the browser made for itself. */
const entered = { session: '', deviceKey: '' };

const issuedSchema = z.object({ issued: z.array(z.string()) });

const issued = async (): Promise<readonly string[]> => {
  const answer = await fetch(`${stage.product.world.openaiUrl}/_ctl/issued`);
  return issuedSchema.parse(await answer.json()).issued;
};

const kindOf = (secret: string): string => {
  if (secret.startsWith('rt_')) return 'refresh token';
  if (secret.startsWith('ac_')) return 'authorization code';
  return secret.startsWith('eyJ') ? 'access token' : 'other secret of the issuer';
};

/** As a header, or as the field of the form that opens the runtime. */
const passes = (): readonly string[] =>
  network.exchanges.flatMap(({ sent }) => {
    const found = /"authorization":"Bearer ([^"]+)"|\nticket=([\w.-]+)$/.exec(sent);
    return found === null ? [] : [found[1] ?? found[2] ?? ''];
  });

/** All that must stay on the tenant. The mark is in every e-mail address and opaque secret. */
const canaries = (): readonly Canary[] => [
  { kind: 'mark of the issuer', secret: 'codex-canary' },
  ...handedOut.map((secret) => ({ kind: kindOf(secret), secret })),
  { kind: 'authorization code', secret: login.code },
  { kind: 'state of the login', secret: login.state },
  { kind: 'session in the runtime', secret: entered.session },
  { kind: 'key of the browser', secret: entered.deviceKey },
];

/** From the invite to the receipt. */
const goAllTheWay = async (): Promise<void> => {
  const { page } = visitor;
  const token = await stage.product.invite('custody journey');
  await signUp(stage, visitor, { token, email: 'custody@example.com' });
  await waitFor(page, 'workspace-submit');
  await createWorkspace(visitor, subdomain);
  await orderRuntime(stage, visitor);
  await payByCard(stage, visitor);
  await waitFor(page, 'codex-start', provisioningTimeoutMs);
  await by(page, 'codex-start').click();
  const authorize = new URL(await authorizeUrlOf(page));
  login.state = authorize.searchParams.get('state') ?? '';
  const callback = await signInAtOpenAi(visitor);
  login.code = new URL(callback).searchParams.get('code') ?? '';
  await paste(page, callback);
  await waitFor(page, 'receipt', provisioningTimeoutMs);
};

/** Into the Control UI by the site's button, until its own socket stands. */
const openRuntime = async (): Promise<void> => {
  const { context, page } = visitor;
  const [ui] = await Promise.all([
    context.waitForEvent('page'),
    by(page, 'runtime-open').first().click(),
  ]);
  await ui.getByText('연결됨', { exact: true }).waitFor({ timeout: provisioningTimeoutMs });
  await ui.screenshot({ path: '.local/journeys/control-ui.png' });
  const cookies = await context.cookies(ui.url());
  entered.session = cookies.find(({ name }) => name === 'runtime-session')?.value ?? '';
  const stored = await ui.evaluate(() => Object.values(localStorage).join('\n'));
  entered.deviceKey = /"privateKey":"([^"]+)"/.exec(stored)?.[1] ?? '';
  await ui.close();
};

beforeAll(async () => {
  stage = await openStage();
  visitor = await visit(stage, { journey: 'custody', locale: 'ko-KR', width: 1280 });
  network = recordNetwork(visitor.context);
  const walk = goAllTheWay().then(openRuntime);
  await walk.catch(async (error: unknown) => {
    await visitor.shot('FAILED');
    throw error;
  });
  tickets.push(...passes());
  handedOut = await issued();
  await network.settle();
});
afterAll(async () => {
  await visitor.context.close();
  await stage.close();
});

const kindsIn = (hits: readonly Hit[]): ReadonlySet<string> =>
  new Set(hits.map(({ kind }) => kind));

describe('custody', () => {
  it('the secrets came into being, and are on the tenant', () => {
    const { folder } = stage;
    const all = canaries();
    expect(all.filter(({ kind }) => kind === 'access token').length).toBeGreaterThan(0);
    expect(all.filter(({ kind }) => kind === 'refresh token').length).toBeGreaterThan(0);
    expect(handedOut).toContain(login.code);
    const onTenant = scanFolder(join(folder, volumes), needlesOf(all));
    expect([...kindsIn(onTenant.hits)]).toEqual(
      expect.arrayContaining(['access token', 'refresh token', 'mark of the issuer']),
    );
    expect(tickets.length).toBeGreaterThan(0);
    expect(entered.session).not.toBe('');
    expect(entered.deviceKey).not.toBe('');
  });

  it('nothing of them is in Appwrite, Dokploy, PayApp, the deployment or any log', () => {
    const { folder } = stage;
    const needles = needlesOf(canaries());
    const scan = scanFolder(folder, needles, [volumes, issuerOwn]);
    expect(scan.hits).toEqual([]);
    // What was searched is what the product wrote, not an empty folder.
    const places = readdirSync(folder);
    expect(places).toEqual(expect.arrayContaining(['appwrite', 'dokploy', 'logs', 'payapp']));
    expect(existsSync(join(folder, 'appwrite', 'appwrite.sqlite'))).toBe(true);
    expect(scan.bytes).toBeGreaterThan(500_000);
  });

  it('what only the browser may know is in no file at all, the tenant\u2019s included', () => {
    const { folder } = stage;
    const needles = needlesOf([
      ...tickets.map((secret) => ({ kind: 'ticket', secret })),
      { kind: 'session in the runtime', secret: entered.session },
      { kind: 'key of the browser', secret: entered.deviceKey },
    ]);
    expect(scanFolder(folder, needles).hits).toEqual([]);
  });

  it('the browser sent them to the tenant alone, and no address carries one', () => {
    const { openaiUrl, runtimeDomain } = stage.product.world;
    const needles = needlesOf(canaries());
    const isOwn = (host: string): boolean =>
      host === `${subdomain}.${runtimeDomain}` || host === new URL(openaiUrl).host;
    const foreign = network.exchanges.filter(
      ({ host }) => !isOwn(host) && host !== 'localhost:1455',
    );
    expect(foreign.length).toBeGreaterThan(20);
    const sent = foreign.flatMap(({ url, sent: text, host }) =>
      scanBytes(Buffer.from(`${url}\n${text}`, 'latin1'), `sent to ${host}`, needles),
    );
    expect(sent).toEqual([]);
    // The address of the login page, with its `state`, is what the customer asked for.
    const received = foreign.flatMap(({ received: text, url }) =>
      scanBytes(Buffer.from(text, 'latin1'), `answer of ${url}`, needles),
    );
    expect(received.filter(({ kind }) => kind !== 'state of the login')).toEqual([]);
    const ticketNeedles = needlesOf(tickets.map((secret) => ({ kind: 'ticket', secret })));
    const inAddresses = network.exchanges.flatMap(({ url, host }) =>
      scanBytes(Buffer.from(url), `address at ${host}`, ticketNeedles),
    );
    expect(inAddresses).toEqual([]);
  });

  it('the browser keeps none of them for the site', async () => {
    onTestFailed(() => visitor.shot('FAILED'));
    const needles = needlesOf([
      ...canaries(),
      ...tickets.map((secret) => ({ kind: 'ticket', secret })),
    ]);
    const { cookies, origins } = await visitor.context.storageState({ indexedDB: true });
    const session = await visitor.page.evaluate(() =>
      JSON.stringify(Object.entries(sessionStorage)),
    );
    const { runtimeDomain } = stage.product.world;
    const tenant = `${subdomain}.${runtimeDomain}`;
    const kept = {
      cookies: cookies.filter(({ domain }) => !tenant.startsWith(domain)),
      origins: origins.filter(({ origin }) => new URL(origin).host !== tenant),
      session,
    };
    expect(kept.cookies.length).toBeGreaterThan(0);
    expect(scanBytes(Buffer.from(JSON.stringify(kept)), 'browser', needles)).toEqual([]);
  });
});
