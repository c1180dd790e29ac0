/**
 * Every route the server SDK can call in the services that are here is answered, but for those
 * named below: what is missing is a list, never a surprise. Read out of the SDK as it is installed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SdkWorld } from './sdk-world.ts';
import { openSdkWorld } from './sdk-world.ts';

/** By service: what an installation without mail, messages, OAuth and repositories cannot do. */
const missing: Readonly<Record<string, readonly RegExp[]>> = {
  account: [
    /^\/account\/(consents|mfa|phone|recovery|verifications|tokens)(\/|$)/,
    /^\/account\/sessions\/(anonymous|magic-url|phone)$/,
    /^DELETE \/account\/identities\//,
  ],
  users: [
    /^\/users\/(argon2|bcrypt|md5|phpass|scrypt|scrypt-modified|sha)$/,
    /^\/users\/\{userId\}\/(impersonator|mfa)(\/|$)/,
    /^(POST \/users\/\{userId\}\/targets$|\/users\/\{userId\}\/targets\/)/,
    /^DELETE \/users\/identities\//,
  ],
  teams: [/^\/teams\/\{teamId\}\/installations(\/|$)/],
  // Dedicated databases of the cloud, and relationships.
  'tables-db': [/\/(specifications|failovers|replicas|status)$/, /\/relationship$/],
  functions: [/\/deployments\/(template|vcs)$/, /\/deployments\/\{deploymentId\}\/status$/],
  sites: [
    /\/deployments\/(template|vcs)$/,
    /\/deployments\/\{deploymentId\}\/status$/,
    /\/logs(\/|$)/,
  ],
  // E-mail through an SMTP provider is here; topics, texts, push and drafts that are changed are not.
  messaging: [
    /^\/messaging\/(topics|subscribers)(\/|$)/,
    /^\/messaging\/messages\/(sms|push)(\/|$)/,
    /^PATCH \/messaging\/messages\/email\//,
    /\/logs$/,
    /^\/messaging\/providers\/(apns|fcm|mailgun|msg91|resend|sendgrid|ses|telesign|textmagic|twilio|vonage)(\/|$)/,
  ],
  proxy: [/\/\{ruleId\}\/status$/],
};

const services = Object.keys(missing);
const root = dirname(createRequire(import.meta.url).resolve('node-appwrite'));

interface Called {
  readonly method: string;
  readonly path: string;
}

/** Each method of a service names its path, then its verb. */
const calledBy = (service: string): Called[] => {
  const source = readFileSync(join(root, 'services', `${service}.mjs`), 'utf8');
  return source
    .split('const apiPath = "')
    .slice(1)
    .flatMap((part) => {
      const path = part.slice(0, part.indexOf('"'));
      const method = /this\.client\.call\(\s*"(\w+)"/.exec(part)?.[1]?.toUpperCase();
      return method === undefined ? [] : [{ method, path }];
    });
};

const isKnown = (service: string, { method, path }: Called): boolean =>
  (missing[service] ?? []).some((rule) => rule.test(path) || rule.test(`${method} ${path}`));

let world: SdkWorld;

beforeAll(async () => {
  world = await openSdkWorld();
});

afterAll(() => world.close());

/** A page instead of JSON, or a fixed last word taken for the id of something. */
const isMissing = async ({ method, path }: Called): Promise<boolean> => {
  const { endpoint } = world.client().config;
  const answer = await fetch(endpoint + path.replaceAll(/\{\w+\}/g, 'x'), {
    method,
    headers: {
      'x-appwrite-project': 'shop',
      'x-appwrite-key': 'standard_sdk_key',
      'content-type': 'application/json',
    },
    ...(method === 'GET' ? {} : { body: '{}' }),
  });
  const text = await answer.text();
  if (!(answer.headers.get('content-type') ?? '').includes('json')) return answer.status === 404;
  const { type = '' } = JSON.parse(text) as { readonly type?: string };
  return !path.includes('{') && type.endsWith('_not_found');
};

describe('routes of the server SDK', () => {
  test.each(services)('%s', async (service) => {
    const called = calledBy(service);
    expect(called.length).toBeGreaterThan(5);
    const unanswered: string[] = [];
    for (const one of called) {
      if (isKnown(service, one)) continue;
      if (await isMissing(one)) unanswered.push(`${one.method} ${one.path}`);
    }
    expect(unanswered).toEqual([]);
  });
});
