/** The functions' own readers of their environment agree with the table of what each is told. */
import { afterEach, describe, expect, test } from 'vitest';
import { payAppKeysEnv, paymentEnv, runtimeEnv } from '#adapters/system/env.ts';
import { agentEnv, deployerEnv, stackEnv } from '#adapters/system/runtime-env.ts';
import { functions } from '#build/appwrite-config.ts';
import { Secret } from './secret.ts';
import { optionalVariables, pickVariables, planVariables, variableNames } from './variables.ts';

const values: Readonly<Record<string, string>> = {
  SITE_URL: 'https://example.com',
  RUNTIME_DOMAIN: 'run.example.com',
  RUNTIME_SCHEME: 'https',
  PAYAPP_API_URL: 'https://api.payapp.kr/oapi/apiLoad.html',
  PAYAPP_USERID: 'seller',
  PAYAPP_LINKKEY: 'key',
  PAYAPP_LINKVAL: 'value',
  ORDER_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
  FEEDBACK_BASE_URL: 'https://pay.example.com',
  TICKET_SIGNING_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd', kid: 'k' }),
  DOKPLOY_URL: 'https://dokploy.example.com',
  DOKPLOY_API_KEY: 'dokploy',
  OPENCLAW_IMAGE: 'openclaw@sha256:aa',
  AGENT_IMAGE: 'agent@sha256:aa',
  OPENCLAW_VERSION_FLOOR: '2026.5.18',
};

/** What each function reads, as its entry connects its adapters. */
const readers: Readonly<Record<string, readonly (() => unknown)[]>> = {
  signup: [],
  account: [],
  workspaces: [runtimeEnv],
  checkout: [paymentEnv],
  payapp: [payAppKeysEnv],
  runtime: [agentEnv, runtimeEnv],
  reconcile: [paymentEnv, agentEnv, runtimeEnv, deployerEnv, stackEnv],
  operator: [paymentEnv, deployerEnv],
};

const wanted = pickVariables(
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)])),
);
const original = { ...process.env };

const only = (functionId: string, ...without: readonly string[]): void => {
  process.env = Object.fromEntries(
    Object.entries(wanted[functionId] ?? {})
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => [name, value.reveal()]),
  );
};

afterEach(() => {
  process.env = { ...original };
});

describe('variables of the functions', () => {
  test('every function has its row', () => {
    expect(Object.keys(variableNames).toSorted()).toEqual(Object.keys(functions).toSorted());
    expect(Object.keys(readers).toSorted()).toEqual(Object.keys(functions).toSorted());
  });

  test.each(Object.keys(readers))('%s finds all it reads in what it is told', (functionId) => {
    only(functionId);
    for (const read of readers[functionId] ?? []) expect(read).not.toThrow();
  });

  test('what is left out is missed by its reader', () => {
    only('reconcile', 'DOKPLOY_API_KEY');
    expect(deployerEnv).toThrow('DOKPLOY_API_KEY');
  });

  test('only the reconciler and the operator can reach Dokploy; signup has no key at all', () => {
    const holders = (name: string): readonly string[] =>
      Object.keys(variableNames).filter((id) => variableNames[id]?.includes(name));
    expect(holders('DOKPLOY_API_KEY')).toEqual(['reconcile', 'operator']);
    expect(holders('PAYAPP_LINKVAL')).toEqual(['payapp']);
    expect(variableNames['signup']).toEqual(['SITE_URL']);
  });

  test('a missing value is named, an optional one is not missed', () => {
    expect(() => pickVariables({})).toThrow('SITE_URL has no value.');
    expect(optionalVariables.every((name) => wanted['reconcile']?.[name] === undefined)).toBe(true);
  });
});

describe('comparing variables', () => {
  const set = {
    functionId: 'signup',
    variables: wanted['signup'] ?? {},
    digestKey: new Secret('k'),
  };

  test('nothing set: all are made', () => {
    expect(planVariables([], set).map(({ sign, name }) => [sign, name])).toEqual([
      ['create', 'signup/SITE_URL'],
    ]);
  });

  test('one that another function needs is taken away, one of somebody else is left', () => {
    const at = { $id: 'x', $updatedAt: '2026-01-01T00:00:00.000+00:00', value: '' };
    const changes = planVariables(
      [
        { ...at, key: 'DOKPLOY_API_KEY' },
        { ...at, key: 'SOMEBODYS_OWN' },
      ],
      set,
    );
    expect(changes.filter(({ sign }) => sign === 'destroy').map(({ name }) => name)).toEqual([
      'signup/DOKPLOY_API_KEY',
    ]);
  });
});
