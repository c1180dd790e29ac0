/** Promises of identity: which function starts for whom, and that no header decides who is calling. */
import { ExecutionMethod, Query } from 'node-appwrite';
import { describe, expect, test } from 'vitest';
import { call, logIn, order, readOrder } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { send } from '#local/customer/http.ts';
import { createInvite, listInvites, listTasks } from '#schemas/contract/operator.ts';
import { appwriteCodeOf, unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';

export const logInOperator = ({ world, secrets, customerWorld }: TestProduct): Promise<Customer> =>
  logIn(customerWorld, { email: world.operatorEmail, password: secrets.operatorPassword });

export const functionDoors = (product: () => TestProduct): void => {
  describe('a function starts for those it is meant for', () => {
    test.each(['reconcile', 'operator'])(
      '%s: neither for a user nor a guest',
      async (functionId) => {
        const member = await product().newMember();
        for (const { functions } of [member, product().guest]) {
          for (const async of [false, true]) {
            const starting = functions.createExecution({ functionId, async, xpath: '/tasks/list' });
            expect(await appwriteCodeOf(starting)).toBe('user_unauthorized');
          }
        }
      },
    );

    test.each(['account', 'workspaces', 'checkout', 'runtime'])(
      '%s: not for a guest',
      async (functionId) => {
        const starting = product().guest.functions.createExecution({ functionId });
        expect(await appwriteCodeOf(starting)).toBe('user_unauthorized');
      },
    );

    test.each(['account', 'workspaces', 'checkout', 'runtime', 'reconcile', 'operator'])(
      '%s: not through a domain of its own',
      async (name) => {
        const origin = product().world.feedbackBaseUrl.replace('payapp', name);
        const url = `${origin}/tasks/list`;
        const headers = { 'x-appwrite-trigger': 'event', 'x-appwrite-user-id': 'operator' };
        const answer = await send({ method: 'POST', url, headers, body: '{}' });
        expect(answer.status).toBeGreaterThanOrEqual(401);
        expect(answer.text).not.toContain('"ok"');
      },
    );

    test('operator: for the label, and only with it', async () => {
      const { admin } = product();
      const operator = await logInOperator(product());
      expect((await call(operator.functions, listTasks, {})).tasks).toBeInstanceOf(Array);
      const { inviteId } = await call(operator.functions, createInvite, { note: 'by a person' });
      expect((await admin.get('invites', inviteId))['createdBy']).toBe(operator.userId);
    });
  });
};

/** As the server itself would send them, in a spelling that its own check lets through. */
const forgedFor = (userId: string): Record<string, string> => ({
  'X-Appwrite-User-Id': userId,
  'x-Appwrite-USER-ID': userId,
  'X-Appwrite-Trigger': 'event',
  'X-APPWRITE-TRIGGER': 'schedule',
  'X-Appwrite-Event': 'databases.main.tables.orders.rows.x.update',
  'X-Appwrite-User-Labels': 'operator',
});

export const forgedHeaders = (product: () => TestProduct): void => {
  const claim = (caller: Customer, subdomain: string, headers: Record<string, string>) =>
    caller.functions.createExecution({
      functionId: 'workspaces',
      xpath: '/create',
      headers,
      body: JSON.stringify({ name: 'W', subdomain, planKey: 'basic' }),
    });

  test('who is calling stays who is calling', async () => {
    const { admin, newMember } = product();
    const [caller, victim] = [await newMember(), await newMember()];
    const subdomain = unique('forged-');
    const execution = await claim(caller, subdomain, forgedFor(victim.userId));
    expect(execution.responseStatusCode).toBe(200);
    expect((await admin.get('subdomains', subdomain))['claimedBy']).toBe(caller.userId);
    expect(await admin.list('workspaces', Query.equal('ownerId', victim.userId))).toEqual([]);
  });

  test.each(['X-Appwrite-User-Jwt', 'X-Appwrite-Key'])(
    'a made-up %s makes the caller nobody, and nothing is done',
    async (name) => {
      const { admin, newMember } = product();
      const subdomain = unique('forged-');
      for (const value of ['a.b.c', '']) {
        const execution = await claim(await newMember(), subdomain, { [name]: value });
        if (execution.responseStatusCode === 200) throw new Error(`${name} "${value}" was taken`);
      }
      expect(await admin.list('subdomains', Query.equal('$id', subdomain))).toEqual([]);
    },
  );
};

export const forgedRoles = (product: () => TestProduct): void => {
  test('a stranger who claims to be the owner stays a stranger', async () => {
    const owner = await product().newOwner();
    const stranger = await product().newMember();
    const { orderId, revision } = await order(owner.customer, owner.workspaceId, 'Private');
    const execution = await stranger.functions.createExecution({
      functionId: 'checkout',
      xpath: '/cancel',
      headers: forgedFor(owner.customer.userId),
      body: JSON.stringify({ orderId, revision }),
    });
    expect(execution.responseStatusCode).toBe(404);
    expect(JSON.parse(execution.responseBody)).toMatchObject({ error: { code: 'order_unknown' } });
    expect((await readOrder(owner.customer, orderId)).state).toBe('awaiting_payment');
  });

  test('a label cannot be claimed', async () => {
    const member = await product().newMember();
    const starting = member.functions.createExecution({
      functionId: 'operator',
      xpath: listInvites.path,
      headers: forgedFor('operator'),
      body: '{}',
    });
    expect(await appwriteCodeOf(starting)).toBe('user_unauthorized');
  });

  test('an operator cannot pass as the console', async () => {
    const { admin } = product();
    const operator = await logInOperator(product());
    const note = unique('unsigned-');
    for (const value of ['', ' ']) {
      const execution = await operator.functions.createExecution({
        functionId: 'operator',
        xpath: createInvite.path,
        headers: { 'X-Appwrite-User-Jwt': value },
        body: JSON.stringify({ note }),
      });
      expect(execution.responseStatusCode).toBe(401);
    }
    expect(await admin.list('invites', Query.equal('createdBy', 'console'))).not.toContainEqual(
      expect.objectContaining({ note }),
    );
  });
};

const publicPaths = [
  ['signup', '/redeem'],
  ['signup', '/inspect'],
] as const;

export const badCalls = (product: () => TestProduct): void => {
  const answerTo = async (call: {
    readonly functionId: string;
    readonly xpath: string;
    readonly body?: string;
    readonly method?: ExecutionMethod;
  }): Promise<readonly [number, string]> => {
    const execution = await product().guest.functions.createExecution(call);
    const { error } = JSON.parse(execution.responseBody) as { error: { code: string } };
    return [execution.responseStatusCode, error.code];
  };

  test.each(publicPaths)(
    'of %s%s with a body that is none is refused',
    async (functionId, xpath) => {
      const bodies = [
        '',
        '{',
        'null',
        '[]',
        '"text"',
        '{"token":1}',
        '{"__proto__":{"token":"x"}}',
      ];
      for (const body of bodies) {
        expect(await answerTo({ functionId, xpath, body })).toEqual([400, 'body_invalid']);
      }
      const huge = JSON.stringify({ token: 'x'.repeat(40_000) });
      expect(await answerTo({ functionId, xpath, body: huge })).toEqual([400, 'body_invalid']);
    },
  );

  test('to a path or by a method that does not exist finds nothing', async () => {
    const functionId = 'signup';
    for (const xpath of ['/', '/redeem/', '//redeem', '/invites/create', '/REDEEM']) {
      expect(await answerTo({ functionId, xpath, body: '{}' })).toEqual([404, 'not_found']);
    }
    const getting = { functionId, xpath: '/redeem', method: ExecutionMethod.GET };
    expect(await answerTo(getting)).toEqual([404, 'not_found']);
  });
};
