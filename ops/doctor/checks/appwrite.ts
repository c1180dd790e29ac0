/** Appwrite itself: its version, clock, our key, and the doors that must be closed to clients. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { ApiError, reach } from '#ops/deploy/api.ts';
import { askAsPage } from '#ops/deploy/by-hand.ts';
import { planOperator } from '#ops/deploy/operator.ts';
import type { Check, Context, Finding } from '../finding.ts';
import { deployAgain, failure, judge, ok, warning } from '../finding.ts';

const oldest = [1, 9] as const;

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
};

const version: Check = {
  id: 'appwrite.version',
  look: async ({ api }) => {
    const { version: found } = z
      .object({ version: z.string() })
      .parse(await api.get('/health/version'));
    const fix = 'Update Appwrite: events and TablesDB of older ones differ.';
    return [
      judge(
        isNewEnough(found),
        ok('appwrite.version', `Appwrite ${found}`),
        failure('appwrite.version', `Appwrite ${found} is older than ${oldest.join('.')}`, fix),
      ),
    ];
  },
};

const warnSkewMs = 5_000;
const failSkewMs = 30_000;
/** The header has whole seconds. */
const headerErrorMs = 1_000;

export const clockFinding = async (
  id: string,
  url: string,
  context: Pick<Context, 'now'>,
): Promise<Finding> => {
  const sentAt = context.now();
  const { headers } = await reach(url);
  const middle = (sentAt + context.now()) / 2;
  const there = Date.parse(String(headers['date'] ?? ''));
  if (Number.isNaN(there)) return warning(id, `${url} does not say its time`, 'Compare by hand.');
  const skew = Math.max(0, Math.abs(there - middle) - headerErrorMs);
  const message = `its clock is ${(skew / 1_000).toFixed(0)} s off this machine's`;
  const fix = 'Let both keep time with NTP: tickets live for minutes, pay links by the clock.';
  if (skew > failSkewMs) return failure(id, message, fix);
  return skew > warnSkewMs ? warning(id, message, fix) : ok(id, message);
};

const clock: Check = {
  id: 'appwrite.clock',
  look: async (context) => [
    await clockFinding(
      'appwrite.clock',
      `${context.installation.target.endpoint}/health/version`,
      context,
    ),
  ],
};

/** One harmless read for each scope to read that the key must have. */
const reads: readonly (readonly [scope: string, path: string])[] = [
  ['databases.read', '/tablesdb'],
  ['tables.read', '/tablesdb/main/tables'],
  ['rows.read', '/tablesdb/main/tables/settings/rows'],
  ['users.read', '/users'],
  ['teams.read', '/teams'],
  ['functions.read', '/functions'],
  ['execution.read', '/functions/reconcile/executions'],
  ['sites.read', '/sites'],
  ['rules.read', '/proxy/rules'],
];

/**
 * Removes what nobody has made, under a name nobody could have given: 404 for a key that may write,
 * 401 for one that may not. Appwrite looks at the scope first.
 */
const writes = (absent: string): readonly (readonly [scope: string, path: string])[] => [
  ['databases.write', `/tablesdb/${absent}`],
  ['tables.write', `/tablesdb/main/tables/${absent}`],
  ['columns.write', `/tablesdb/main/tables/settings/columns/${absent}`],
  ['indexes.write', `/tablesdb/main/tables/settings/indexes/${absent}`],
  ['rows.write', `/tablesdb/main/tables/settings/rows/${absent}`],
  ['users.write', `/users/${absent}`],
  ['functions.write', `/functions/${absent}`],
  ['rules.write', `/proxy/rules/${absent}`],
];

const isLacking = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    if (error instanceof ApiError && error.status === 401) return true;
    throw error;
  }
};

const key: Check = {
  id: 'appwrite.key',
  look: async ({ api }) => {
    const absent = `doctor-${randomBytes(10).toString('hex')}`;
    const calls = [
      ...reads.map(([scope, path]) => ({
        scope,
        call: api.get(path, [{ method: 'limit', values: [1] }]),
      })),
      ...writes(absent).map(([scope, path]) => ({ scope, call: api.send('DELETE', path) })),
      { scope: 'execution.write', call: api.send('POST', `/functions/${absent}/executions`) },
    ];
    const lacking = await Promise.all(
      calls.map(async ({ scope, call }) => ((await isLacking(call)) ? [scope] : [])),
    );
    const scopes = lacking.flat();
    if (scopes.length === calls.length) {
      const make =
        'Appwrite → Overview → API keys: make one with the scopes that docs/deploy.md lists.';
      const says = 'the project knows no such key, or it may do nothing';
      return [failure('appwrite.key', says, `APPWRITE_PROJECT_ID, APPWRITE_API_KEY. ${make}`)];
    }
    const fix = 'Appwrite → Overview → API keys: give it the scopes that docs/deploy.md lists.';
    return [
      judge(
        scopes.length === 0,
        ok('appwrite.key', `the key may do what is needed: ${String(calls.length)} scopes tried`),
        failure('appwrite.key', `the key lacks ${scopes.join(', ')}`, fix),
      ),
    ];
  },
};

const policies = z.object({
  policies: z.array(
    z.looseObject({
      $id: z.string(),
      total: z.optional(z.nullable(z.number())),
      enabled: z.optional(z.boolean()),
    }),
  ),
});

const policyFindings = (found: z.infer<typeof policies>['policies']): readonly Finding[] => {
  const of = (id: string) => found.find(({ $id }) => $id === id);
  const totalOf = (id: string): number => of(id)?.total ?? 0;
  const weak = ['password-dictionary', 'password-personal-data'].filter(
    (id) => of(id)?.enabled !== true,
  );
  if (totalOf('password-history') === 0) weak.push('password-history');
  const limit = totalOf('user-limit');
  return [
    judge(
      limit === 1,
      ok('policies.signup', 'the user limit is 1: clients cannot sign up'),
      failure('policies.signup', `the user limit is ${String(limit)}, not 1`, deployAgain),
    ),
    judge(
      totalOf('session-limit') > 0,
      ok('policies.sessions', `at most ${String(totalOf('session-limit'))} sessions a user`),
      failure('policies.sessions', 'a user may have any number of sessions', deployAgain),
    ),
    judge(
      weak.length === 0,
      ok('policies.passwords', 'common, personal and former passwords are refused'),
      failure('policies.passwords', `not in force: ${weak.join(', ')}`, deployAgain),
    ),
  ];
};

const policyCheck: Check = {
  id: 'policies',
  look: async ({ api }) => {
    try {
      return policyFindings(policies.parse(await api.get('/project/policies')).policies);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      const fix = 'Give the key the scope policies.read, or look at Auth → Security by hand.';
      return [warning('policies', `cannot be read (${error.type})`, fix)];
    }
  },
};

/** Really tries, from outside; an account that could be made is taken away again. */
const signUp: Check = {
  id: 'signup.closed',
  look: async ({ api, installation }) => {
    const { endpoint, projectId } = installation.target;
    const name = randomBytes(8).toString('hex');
    const answer = await reach(`${endpoint}/account`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-appwrite-project': projectId },
      body: JSON.stringify({
        userId: `doctor-${name}`,
        email: `doctor-${name}@example.com`,
        password: randomBytes(18).toString('base64url'),
      }),
    });
    if (answer.status === 429) {
      return [warning('signup.closed', 'could not be tried: too many tries', 'Try in an hour.')];
    }
    if (answer.status !== 201) {
      return [ok('signup.closed', `a stranger's sign-up was refused (${String(answer.status)})`)];
    }
    await api.send('DELETE', `/users/doctor-${name}`);
    const fix = `${deployAgain} (the limit holds once one account exists: the operator's)`;
    return [failure('signup.closed', 'a stranger could sign up without an invite', fix)];
  },
};

const operator: Check = {
  id: 'operator.account',
  look: async ({ api, env }) => {
    const missing = await planOperator(api, env.OPERATOR_EMAIL);
    const says = `${env.OPERATOR_EMAIL} has no account with the label operator`;
    return [
      judge(
        missing.length === 0,
        ok('operator.account', `${env.OPERATOR_EMAIL} is an operator`),
        failure('operator.account', says, deployAgain),
      ),
    ];
  },
};

/** As the browser's first call from the site. */
const origin: Check = {
  id: 'appwrite.platform',
  look: async ({ installation }) => {
    const { siteUrl, apiUrl, target } = installation;
    const { status, type } = await askAsPage({ siteUrl, apiUrl, projectId: target.projectId });
    const host = new URL(siteUrl).hostname;
    if (type === 'general_unknown_origin') {
      const fix = `${deployAgain}, or Appwrite → Overview → Platforms: add web ${host}`;
      return [failure('appwrite.platform', `the API refuses pages of ${host}`, fix)];
    }
    const says = `${apiUrl} answered ${String(status)}, and not as Appwrite does`;
    const fix =
      'Check APPWRITE_PUBLIC_ENDPOINT; its domain: Appwrite → Settings → Custom domains, and DNS.';
    return [
      judge(
        type !== '' && status < 500,
        ok('appwrite.platform', `pages of ${host} may call ${apiUrl}`),
        failure('appwrite.platform', says, fix),
      ),
    ];
  },
};

export const appwriteChecks: readonly Check[] = [
  ...[version, clock, key, policyCheck, signUp, operator, origin],
];
