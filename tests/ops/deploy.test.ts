/**
 * `npm run deploy` against an empty project: from zero to a product that answers, twice; what it
 * refuses to lose; what it does when it is cut off, and when the CLI says all is well but it is not.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInstallation } from '#tests/support/installation.ts';
import type { Ended, TestInstallation } from '#tests/support/installation.ts';

const secondRunAtMostMs = 30_000;
const slow = 120_000;

let place: TestInstallation;
const outputs: string[] = [];

const deploy = async (...args: readonly string[]): Promise<Ended> => {
  const ended = await place.run('deploy', ...args);
  outputs.push(ended.text);
  return ended;
};

beforeAll(async () => {
  place = await openInstallation();
});
afterAll(() => place.close());

describe('from an empty project', () => {
  test('nobody is there to ask: it says so and touches nothing', async () => {
    const { code, text } = await deploy();
    expect(code, text).toBe(2);
    expect(text).toContain('--yes');
    expect(await place.ask('GET', '/functions')).toMatchObject({ total: 0 });
  });

  test('a plan is shown and nothing is touched', async () => {
    const { code, text } = await deploy('--plan');
    expect(code, text).toBe(4);
    expect(text).toContain('+ table main/orders');
    expect(text).toContain('+ variable reconcile/DOKPLOY_API_KEY');
    expect(text).toMatch(/Plan: \d+ to make, \d+ to change, 0 to remove\./);
    expect(await place.ask('GET', '/tablesdb')).toMatchObject({ total: 0 });
  });

  test(
    'it deploys, and every function answers',
    async () => {
      const { code, text } = await deploy('--yes');
      expect(text).toContain('✓ Asking every function');
      expect(code, text).toBe(0);
      expect(text).toContain(`${place.env['FEEDBACK_BASE_URL'] ?? ''}/feedback/`);
      const { functions } = (await place.ask('GET', '/functions')) as {
        functions: readonly { $id: string; latestDeploymentStatus: string; live: boolean }[];
      };
      expect(functions).toHaveLength(8);
      expect(functions.every((each) => each.latestDeploymentStatus === 'ready')).toBe(true);
    },
    slow,
  );

  test('variables are set as secrets', async () => {
    const { variables } = (await place.ask('GET', '/functions/reconcile/variables')) as {
      variables: readonly { key: string; value: string; secret: boolean }[];
    };
    const readable = variables.filter((each) => !each.secret).map(({ key }) => key);
    expect(readable).toEqual(['DEPLOYED_VARIABLES']);
    expect(variables.map(({ key }) => key)).toContain('DOKPLOY_API_KEY');
  });

  test('the operator can sign in, and nobody else can sign up', async () => {
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${place.appwrite.url}/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-appwrite-project': 'selling' },
        body: JSON.stringify(body),
      });
    const email = place.env['OPERATOR_EMAIL'];
    const password = place.env['OPERATOR_PASSWORD'];
    expect((await post('/account/sessions/email', { email, password })).status).toBe(201);
    const stranger = {
      userId: 'stranger',
      email: 'stranger@example.com',
      password: 'Str4nger-pass',
    };
    expect((await post('/account', stranger)).status).toBe(400);
  });

  test('a second run changes nothing, and soon says so', async () => {
    const before = await place.ask('GET', '/functions/reconcile/deployments');
    const startedAt = performance.now();
    const { code, text } = await deploy('--yes');
    expect(code, text).toBe(0);
    expect(text).toContain('Nothing to change');
    expect(performance.now() - startedAt).toBeLessThan(secondRunAtMostMs);
    expect(await place.ask('GET', '/functions/reconcile/deployments')).toEqual(before);
    expect((await deploy('--plan')).code).toBe(0);
  });
});

describe('what differs is pushed, and only that', () => {
  test(
    'a value changed in .env reaches the functions that are told it',
    async () => {
      place.rewrite({ DOKPLOY_API_KEY: 'b'.repeat(64) });
      const { code, text } = await deploy('--yes');
      expect(code, text).toBe(0);
      const changed = text.split('\n').filter((line) => line.includes('~ variable'));
      expect(changed.map((line) => line.trim())).toEqual([
        '~ variable reconcile/DOKPLOY_API_KEY',
        '~ variable operator/DOKPLOY_API_KEY',
      ]);
      place.rewrite({});
      await deploy('--yes');
    },
    slow,
  );

  test(
    'a variable changed by hand is set back, a setting and a schedule too',
    async () => {
      const { variables } = (await place.ask('GET', '/functions/signup/variables')) as {
        variables: readonly { $id: string; key: string }[];
      };
      const { $id = '' } = variables.find(({ key }) => key === 'SITE_URL') ?? {};
      const other = { key: 'SITE_URL', value: 'http://elsewhere.example' };
      await place.ask('PUT', `/functions/signup/variables/${$id}`, other);
      await place.ask('PATCH', '/project/policies/user-limit', { total: 100 });
      const planned = await deploy('--plan');
      expect(planned.text).toContain('~ variable signup/SITE_URL');
      expect(planned.text).toContain('~ setting auth/security/limit  limit: 100 → 1');
      expect((await deploy('--yes')).code).toBe(0);
      expect(await place.ask('GET', '/project/policies/user-limit')).toMatchObject({ total: 1 });
    },
    slow,
  );

  test(
    'an index with other columns is made anew, though the CLI does not see it',
    async () => {
      const indexes = '/tablesdb/main/tables/orders/indexes';
      await place.ask('DELETE', `${indexes}/byState`);
      const other = { key: 'byState', type: 'key', columns: ['planKey'], orders: ['ASC'] };
      await place.ask('POST', indexes, other);
      const { code, text } = await deploy('--yes');
      expect(text).toContain('~ index main/orders/byState');
      expect(code, text).toBe(0);
      expect(await place.ask('GET', `${indexes}/byState`)).toMatchObject({ columns: ['state'] });
    },
    slow,
  );
});

describe('what would be lost', () => {
  const invite = {
    rowId: 'old',
    data: { note: 'kept', createdBy: 'somebody', legacy: 'a value nobody can bring back' },
  };

  test(
    'is refused until each is named, then done; longer text is kept in place',
    async () => {
      const table = '/tablesdb/main/tables/invites';
      await place.ask('POST', `${table}/columns/string`, {
        key: 'legacy',
        size: 40,
        required: false,
      });
      await place.ask('POST', `${table}/rows`, invite);
      await place.ask('PATCH', `${table}/columns/string/note`, {
        ...{ required: true, default: null, size: 50 },
      });
      await place.ask('POST', '/tablesdb', { databaseId: 'analytics', name: 'analytics' });
      await place.ask('POST', '/tablesdb/main/tables', { tableId: 'stray', name: 'stray' });

      const refused = await deploy('--yes');
      expect(refused.code).toBe(3);
      expect(refused.text).toContain('- column main/invites/legacy');
      expect(refused.text).toContain('LOSES its values in 1 row');
      const flags = ['analytics', 'main/stray', 'main/invites/legacy'].flatMap((name) => [
        ...['--confirm-loss', name],
      ]);
      const again = `npm run deploy -- --env ${place.folder}/.env ${flags.join(' ')}`;
      expect(refused.text).toContain(again);
      const partly = await deploy('--yes', ...flags.slice(0, 4), '--confirm-loss', 'main/legacy');
      expect(partly.code).toBe(3);
      // What it says to type is enough, also for those that were named.
      expect(partly.text).toContain(flags.join(' '));
      expect(partly.text).toContain('--confirm-loss main/legacy: nothing of this name');
      const row = await place.ask('GET', `${table}/rows/old`);
      expect(row).toMatchObject(invite.data);
      expect(await place.ask('GET', '/tablesdb')).toMatchObject({ total: 2 });

      // As after a checkout of older code, which does not know what newer code has added.
      place.rewrite({ PAYAPP_USERID: 'rolled-back' });
      const kept = await deploy('--yes', '--keep-tables');
      expect(kept.code, kept.text).toBe(0);
      expect(kept.text).toContain('~ variable checkout/PAYAPP_USERID');
      expect(kept.text).not.toContain('LOSES');
      expect(await place.ask('GET', `${table}/rows/old`)).toMatchObject(invite.data);
      expect((await deploy('--plan', '--keep-tables')).code).toBe(0);
      place.rewrite({});

      expect((await deploy('--yes', ...flags)).code).toBe(0);
      const left = await place.ask('GET', `${table}/rows/old`);
      expect(left).toMatchObject({ note: 'kept', createdBy: 'somebody' });
      expect(left).not.toHaveProperty('legacy');
      expect(await place.ask('GET', `${table}/columns/note`)).toMatchObject({ size: 200 });
      expect(await place.ask('GET', '/tablesdb')).toMatchObject({ total: 1 });
    },
    slow,
  );
});

describe('when it does not go well', () => {
  test(
    'a deployment the server refuses fails the deploy, though the CLI exits 0',
    async () => {
      place.rewrite({ PAYAPP_USERID: 'other' });
      place.gate.set((method, path) =>
        method === 'POST' && /\/functions\/checkout\/deployments/.test(path) ? 500 : 'pass',
      );
      const { code, text } = await deploy('--yes');
      expect(code, text).toBe(1);
      expect(text).toContain('function checkout');
      place.gate.set(() => 'pass');
      expect((await deploy('--yes')).code).toBe(0);
      place.rewrite({});
      expect((await deploy('--yes')).code).toBe(0);
    },
    slow,
  );

  test('a wrong console password is said plainly', async () => {
    place.rewrite({ APPWRITE_CONSOLE_PASSWORD: 'Wr0ng-password' });
    const { code, text } = await deploy('--plan');
    place.rewrite({});
    expect(code, text).toBe(1);
    expect(text).toContain('APPWRITE_CONSOLE_PASSWORD');
    expect(text).not.toContain('Wr0ng-password');
  });

  test('so are a wrong key and a wrong project', async () => {
    place.rewrite({ APPWRITE_API_KEY: 'standard_of-another-project' });
    const wrongKey = await deploy('--plan');
    place.rewrite({ APPWRITE_PROJECT_ID: 'another' });
    const wrongProject = await deploy('--plan');
    place.rewrite({});
    expect([wrongKey.code, wrongProject.code]).toEqual([1, 1]);
    expect(wrongKey.text).toContain('Check APPWRITE_API_KEY');
    expect(wrongProject.text).toContain('Check APPWRITE_PROJECT_ID');
  });

  test('an API domain that does not answer yet is left to a person, with what to enter', async () => {
    place.rewrite({ APPWRITE_PUBLIC_ENDPOINT: 'http://127.0.0.1:9/v1' });
    const { code, text } = await deploy('--yes');
    place.rewrite({});
    expect(code, text).toBe(0);
    expect(text).toContain('Custom domains: add 127.0.0.1');
    expect((await deploy('--yes')).text).not.toContain('Custom domains');
  });

  test('every value that does not fit is named, and none is shown', async () => {
    place.rewrite({ ORDER_TOKEN_KEY: 'c2hvcnQ=', SITE_URL: 'shop', DOKPLOY_API_KEY: undefined });
    const { code, text } = await deploy('--plan');
    place.rewrite({});
    expect(code, text).toBe(2);
    for (const name of ['ORDER_TOKEN_KEY', 'SITE_URL', 'DOKPLOY_API_KEY is missing']) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('c2hvcnQ=');
  });
});

describe('cut off anywhere', () => {
  /** Each run is killed, with the CLI it runs, after so many writes of its own. */
  const writesEach = 45;
  const runsAtMost = 25;

  test(
    'it is run again and ends at the same place',
    async () => {
      const broken = await openInstallation();
      try {
        let kills = 0;
        while (kills < runsAtMost && (await isKilled(broken))) kills += 1;
        // Every run got further than the one before: settings, tables, variables, code.
        expect(kills).toBeGreaterThanOrEqual(4);
        expect(kills).toBeLessThan(runsAtMost);
        const { code, text } = await broken.run('deploy', '--yes');
        expect(code, text).toBe(0);
        const again = await broken.run('deploy', '--plan');
        expect(again.code, again.text).toBe(0);
      } finally {
        await broken.close();
      }
    },
    2 * slow,
  );

  const isKilled = async (broken: TestInstallation): Promise<boolean> => {
    const running = broken.start('deploy', '--yes');
    let writes = 0;
    broken.gate.set((method) => {
      if (method !== 'GET' && (writes += 1) === writesEach) broken.killGroup(running);
      return 'pass';
    });
    const { signal, code, text } = await running.ended;
    broken.gate.set(() => 'pass');
    expect(signal === 'SIGKILL' || code === 0, text).toBe(true);
    return signal === 'SIGKILL';
  };
});

describe('afterwards', () => {
  test('no secret was printed or left on disk, nor the console session', () => {
    expect(outputs.length).toBeGreaterThan(10);
    const left = [...place.leftFiles()];
    for (const secret of place.secrets) {
      expect(outputs.filter((text) => text.includes(secret))).toEqual([]);
      expect(left.filter(([, text]) => text.includes(secret)).map(([path]) => path)).toEqual([]);
    }
    expect(left.map(([path]) => path)).toEqual(['/deployments/selling/appwrite-cli.log']);
    expect(left[0]?.[1]).not.toContain('a_session_console');
  });
});
