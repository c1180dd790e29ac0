/**
 * Variables of the functions: what each is told, and no more (separate by privilege), whether what
 * is set there is what we have, and setting it. Appwrite never shows a secret value again, so one
 * readable variable beside them keeps a keyed digest of each; changed by hand later, a variable is
 * newer than that note and is set again.
 */
import { createHmac } from 'node:crypto';
import type { Api } from './api.ts';
import type { Change } from './change.ts';
import type { RemoteVariable } from './remote.ts';
import type { Secret } from './secret.ts';

export type Variables = Readonly<Record<string, Secret>>;
export type FunctionVariables = Readonly<Record<string, Variables>>;

const runtimeHosts = ['RUNTIME_DOMAIN', 'RUNTIME_SCHEME'];
const payments = [
  ...['PAYAPP_API_URL', 'PAYAPP_USERID', 'PAYAPP_LINKKEY', 'ORDER_TOKEN_KEY'],
  'FEEDBACK_BASE_URL',
];
const agent = ['TICKET_SIGNING_KEY', 'RUNTIME_ADDRESS'];
const deployer = ['DOKPLOY_URL', 'DOKPLOY_API_KEY'];
const versions = ['OPENCLAW_IMAGE', 'OPENCLAW_VERSION_FLOOR'];
const stack = [...versions, ...['AGENT_IMAGE', 'CODEX_AUTHORIZE_ORIGIN']];

/** Names by function; `.env.example` says what they are. */
export const variableNames: Readonly<Record<string, readonly string[]>> = {
  signup: ['SITE_URL'],
  account: [],
  workspaces: runtimeHosts,
  checkout: ['SITE_URL', ...runtimeHosts, ...payments, 'PAYAPP_RECURRING'],
  payapp: ['PAYAPP_USERID', 'PAYAPP_LINKKEY', 'PAYAPP_LINKVAL', 'ORDER_TOKEN_KEY'],
  runtime: [...runtimeHosts, ...agent],
  reconcile: ['SITE_URL', ...runtimeHosts, ...payments, ...agent, ...deployer, ...stack],
  operator: ['SITE_URL', ...payments, ...deployer, ...versions],
};

/** Those that may be left out. */
export const optionalVariables: readonly string[] = [
  ...['RUNTIME_ADDRESS', 'CODEX_AUTHORIZE_ORIGIN', 'PAYAPP_RECURRING'],
];

/** Each function's part of all values. Throws on a missing one that is not optional. */
export const pickVariables = (values: Variables): FunctionVariables =>
  Object.fromEntries(
    Object.entries(variableNames).map(([functionId, names]) => [
      functionId,
      Object.fromEntries(
        names.flatMap((name) => {
          const value = values[name];
          if (value !== undefined) return [[name, value] as const];
          if (optionalVariables.includes(name)) return [];
          throw new Error(`${name} has no value.`);
        }),
      ),
    ]),
  );

const ours = new Set(Object.values(variableNames).flat());

/** Readable; holds `{"NAME": "digest"}`. */
export const digestsVariable = 'DEPLOYED_VARIABLES';
const digestLength = 20;

/** Keyed, so that a short value cannot be guessed from it. */
const digestOf = (key: Secret, name: string, value: Secret): string =>
  createHmac('sha256', key.reveal())
    .update(`${name}\n${value.reveal()}`)
    .digest('base64url')
    .slice(0, digestLength);

export interface WantedVariables {
  readonly functionId: string;
  readonly variables: Variables;
  /** Any secret of the installation; a change of it sets everything again. */
  readonly digestKey: Secret;
}

const digestsOf = ({ variables, digestKey }: WantedVariables): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, digestOf(digestKey, name, value)]),
  );

const notedDigests = (note: RemoteVariable | undefined): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(note?.value ?? '{}') as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
};

interface Difference {
  readonly sign: Change['sign'];
  readonly name: string;
  readonly found: RemoteVariable | undefined;
}

const differences = (
  remote: readonly RemoteVariable[],
  wanted: WantedVariables,
): readonly Difference[] => {
  const note = remote.find(({ key }) => key === digestsVariable);
  const noted = notedDigests(note);
  const digests = digestsOf(wanted);
  const stale = remote
    .filter(({ key }) => ours.has(key) && wanted.variables[key] === undefined)
    .map((found) => ({ sign: 'destroy' as const, name: found.key, found }));
  const others = Object.keys(wanted.variables).flatMap((name): readonly Difference[] => {
    const found = remote.find(({ key }) => key === name);
    if (found === undefined) return [{ sign: 'create', name, found }];
    const isNoted = noted[name] === digests[name] && found.$updatedAt <= (note?.$updatedAt ?? '');
    return isNoted ? [] : [{ sign: 'change', name, found }];
  });
  return [...stale, ...others];
};

export const planVariables = (
  remote: readonly RemoteVariable[],
  wanted: WantedVariables,
): readonly Change[] =>
  differences(remote, wanted).map(({ sign, name }) => ({
    ...{ sign, kind: 'variable', name: `${wanted.functionId}/${name}` },
    detail: sign === 'destroy' ? 'not for this function any more' : '',
  }));

const write = (
  api: Api,
  functionId: string,
  variable: {
    readonly key: string;
    readonly value: string;
    readonly secret: boolean;
    readonly found: RemoteVariable | undefined;
  },
): Promise<unknown> => {
  const { key, value, secret, found } = variable;
  const path = `/functions/${functionId}/variables`;
  if (found === undefined) {
    return api.send('POST', path, { variableId: 'unique()', key, value, secret });
  }
  return api.send('PUT', `${path}/${found.$id}`, { key, value, secret });
};

/** Sets what differs and notes it last: cut off in between, the rest differs still. */
export const setVariables = async (
  api: Api,
  remote: readonly RemoteVariable[],
  wanted: WantedVariables,
): Promise<void> => {
  const { functionId } = wanted;
  for (const { sign, name, found } of differences(remote, wanted)) {
    const value = wanted.variables[name]?.reveal() ?? '';
    if (sign === 'destroy') {
      await api.send('DELETE', `/functions/${functionId}/variables/${found?.$id ?? ''}`);
    } else await write(api, functionId, { key: name, value, secret: true, found });
  }
  await write(api, functionId, {
    key: digestsVariable,
    value: JSON.stringify(digestsOf(wanted)),
    secret: false,
    found: remote.find(({ key }) => key === digestsVariable),
  });
};
