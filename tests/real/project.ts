/**
 * A project of its own on somebody's Appwrite: made through the console, deployed to by `ops/deploy`
 * as in production, deleted at the end. No project that was there before is touched.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { logIn, withKey } from '#ops/deploy/connect.ts';
import { openDeployment } from '#ops/deploy/deploy.ts';
import type { Note } from '#ops/deploy/deploy.ts';
import { ensureOperator } from '#ops/deploy/operator.ts';
import { Secret } from '#ops/deploy/secret.ts';
import { pauseFunctions } from '#ops/backup/import.ts';
import { pickVariables } from '#ops/deploy/variables.ts';
import type { Given } from './settings.ts';

export interface TestProject {
  readonly endpoint: string;
  readonly projectId: string;
  readonly key: string;
  readonly siteUrl: string;
  /** Functions, tables and site, by appwrite-cli. */
  deploy(note: Note): Promise<void>;
  /** Nothing of the product writes from now on; `deploy` wakes it again. */
  pause(): Promise<void>;
  remove(): Promise<void>;
}

/** What docs/deploy.md asks for, and what the suites do besides. */
const scopes = [
  ...['databases.read', 'databases.write', 'tables.read', 'tables.write', 'columns.read'],
  ...['columns.write', 'indexes.read', 'indexes.write', 'rows.read', 'rows.write', 'users.read'],
  ...['users.write', 'teams.read', 'functions.read', 'functions.write', 'sites.read'],
  ...['rules.read', 'rules.write', 'policies.read', 'teams.write', 'sessions.write'],
  ...['execution.read', 'execution.write'],
];

const signingKey = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA' });
};

/** Nobody answers there: what was not given is not called. */
const nowhere = 'http://127.0.0.1:9';

const valuesFor = (given: Given, siteUrl: string): Readonly<Record<string, string>> => ({
  SITE_URL: siteUrl,
  RUNTIME_DOMAIN: given['RUNTIME_DOMAIN'] ?? 'runtimes.example.com',
  RUNTIME_SCHEME: given['RUNTIME_SCHEME'] ?? 'https',
  PAYAPP_API_URL: `${given['TEST_PAYAPP_URL'] ?? nowhere}/oapi/apiLoad.html`,
  PAYAPP_USERID: given['TEST_PAYAPP_USERID'] ?? 'test',
  PAYAPP_LINKKEY: given['TEST_PAYAPP_LINKKEY'] ?? 'test',
  PAYAPP_LINKVAL: given['TEST_PAYAPP_LINKVAL'] ?? 'test',
  ORDER_TOKEN_KEY: randomBytes(32).toString('base64'),
  TICKET_SIGNING_KEY: signingKey(),
  DOKPLOY_URL: given['DOKPLOY_URL'] ?? nowhere,
  DOKPLOY_API_KEY: given['DOKPLOY_API_KEY'] ?? 'test',
  OPENCLAW_IMAGE: given['OPENCLAW_IMAGE'] ?? 'openclaw',
  AGENT_IMAGE: given['AGENT_IMAGE'] ?? 'agent',
  OPENCLAW_VERSION_FLOOR: given['OPENCLAW_VERSION_FLOOR'] ?? '2026.9.5',
  ...(given['RUNTIME_ADDRESS'] === undefined ? {} : { RUNTIME_ADDRESS: given['RUNTIME_ADDRESS'] }),
  ...(given['TEST_OPENAI_URL'] === undefined
    ? {}
    : { CODEX_AUTHORIZE_ORIGIN: given['TEST_OPENAI_URL'] }),
});

const teams = z.object({ teams: z.array(z.object({ $id: z.string() })) });

export const openProject = async (given: Given): Promise<TestProject> => {
  const endpoint = given['APPWRITE_ENDPOINT'] ?? '';
  const projectId = `hosted-test-${randomBytes(4).toString('hex')}`;
  const login = {
    endpoint,
    projectId,
    key: new Secret(''),
    consoleEmail: given['APPWRITE_CONSOLE_EMAIL'] ?? '',
    consolePassword: new Secret(given['APPWRITE_CONSOLE_PASSWORD'] ?? ''),
  };
  const session = await logIn(login);
  const folder = mkdtempSync(join(tmpdir(), 'test-real-'));
  const remove = async (): Promise<void> => {
    await session.console.send('DELETE', `/projects/${projectId}`);
    await session.end();
    rmSync(folder, { recursive: true, force: true });
  };
  const organization = teams.parse(await session.console.get('/teams')).teams[0]?.$id;
  if (organization === undefined) throw new Error('the console login has no organization');
  const project = { projectId, name: 'Hosted Dedicated tests', teamId: organization };
  await session.console.send('POST', '/projects', { ...project, region: 'default' });
  try {
    const made = await session.console.send('POST', `/projects/${projectId}/keys`, {
      ...{ keyId: 'unique()', name: 'test:real', scopes },
    });
    const { secret } = z.object({ secret: z.string() }).parse(made);
    const siteUrl = given['TEST_SITE_URL'] ?? `https://${projectId}.example.com`;
    const target = { ...login, key: new Secret(secret) };
    const hidden = Object.fromEntries(
      Object.entries(valuesFor(given, siteUrl)).map(([name, value]) => [name, new Secret(value)]),
    );
    const installation = {
      ...{ target, siteUrl, apiUrl: endpoint, feedbackBaseUrl: null },
      runtimeDomain: given['RUNTIME_DOMAIN'] ?? 'runtimes.example.com',
      runtimeScheme: given['RUNTIME_SCHEME'] === 'http' ? ('http' as const) : ('https' as const),
      variables: (feedbackBaseUrl: string) =>
        pickVariables({ ...hidden, FEEDBACK_BASE_URL: new Secret(feedbackBaseUrl) }),
      digestKey: new Secret(projectId),
      secrets: [target.key, login.consolePassword],
    };
    const deploy = async (note: Note): Promise<void> => {
      const opened = await openDeployment({
        installation,
        folder: join(folder, 'stage'),
        logs: folder,
      });
      try {
        await opened.apply([], note);
        const password = new Secret(randomBytes(15).toString('base64url'));
        await ensureOperator(opened.api, { email: 'operator@example.com', password });
      } finally {
        await opened.close();
      }
    };
    const pause = async (): Promise<void> => {
      await pauseFunctions(withKey(target));
    };
    return { endpoint, projectId, key: secret, siteUrl, deploy, pause, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
