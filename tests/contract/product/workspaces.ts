/** Promises of workspaces: what a name may be, and that it has one owner under any concurrency. */
import { Query } from 'node-appwrite';
import { describe, expect, test } from 'vitest';
import { call, makeWorkspace } from '#local/customer/customer.ts';
import { checkSubdomain, createWorkspace } from '#schemas/contract/workspaces.ts';
import { codeOf, unique } from '#tests/support/product.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';

const bodyFor = (subdomain: string) => ({ name: 'Workspace', subdomain, planKey: 'basic' });

export const subdomains = (product: () => TestProduct): void => {
  /** One person asks and tries everything that is refused: refusals use up no turn. */
  let asking: Promise<Owner> | undefined;
  const owner = (): Promise<Owner> => (asking ??= product().newOwner());

  describe('what is said at the field is what creating answers', () => {
    test.each([
      ['with a space', 'my shop', 'subdomain_invalid'],
      ['in punycode', 'xn--mnchen-3ya', 'subdomain_invalid'],
      ['in Korean', '우리가게', 'subdomain_invalid'],
      ['with a dot', 'a.shop', 'subdomain_invalid'],
      ['with a hyphen at the end', 'shop-', 'subdomain_invalid'],
      ['of two letters', 'ab', 'subdomain_invalid'],
      ['of 31 letters', 'a'.repeat(31), 'subdomain_invalid'],
      ['with a path in it', '../admin', 'subdomain_invalid'],
      ['of nothing', '', 'subdomain_invalid'],
      ['that is reserved', 'www', 'subdomain_reserved'],
      ['that is reserved, in capitals', ' ADMIN ', 'subdomain_reserved'],
    ] as const)('a name %s', async (_what, subdomain, code) => {
      const { functions } = (await owner()).customer;
      const checked = await call(functions, checkSubdomain, { subdomain });
      expect(checked).toMatchObject({ available: false, reason: code });
      expect(await codeOf(call(functions, createWorkspace, bodyFor(subdomain)))).toBe(code);
    });

    test('a taken name, for everybody but its owner', async () => {
      const { customer, workspaceId, subdomain } = await owner();
      const other = await product().newMember();
      const checked = await call(other.functions, checkSubdomain, { subdomain });
      expect(checked).toMatchObject({ available: false, reason: 'subdomain_taken' });
      expect(await codeOf(makeWorkspace(other, bodyFor(subdomain)))).toBe('subdomain_taken');
      expect((await makeWorkspace(customer, bodyFor(subdomain))).workspaceId).toBe(workspaceId);
    });

    test('capitals are not another name', async () => {
      const { customer } = await owner();
      const subdomain = unique('lower-');
      const typed = ` ${subdomain.toUpperCase()} `;
      const checked = await call(customer.functions, checkSubdomain, { subdomain: typed });
      expect(checked).toEqual({ subdomain, available: true, reason: null });
      const made = await makeWorkspace(customer, bodyFor(typed));
      expect(made.subdomain).toBe(subdomain);
      expect(made.host.startsWith(`${subdomain}.`)).toBe(true);
      const other = await product().newMember();
      expect(await codeOf(makeWorkspace(other, bodyFor(subdomain)))).toBe('subdomain_taken');
    });
  });

  test('a plan that is not sold makes no claim', async () => {
    const { customer } = await owner();
    const subdomain = unique('plan-');
    const body = { ...bodyFor(subdomain), planKey: 'free' };
    expect(await codeOf(makeWorkspace(customer, body))).toBe('plan_unknown');
    const checked = await call(customer.functions, checkSubdomain, { subdomain });
    expect(checked.available).toBe(true);
  });
};

export const subdomainRaces = (product: () => TestProduct): void => {
  test('twenty creates of one name by two people: one owner, one workspace', async () => {
    const { admin, newMember } = product();
    const people = [await newMember(), await newMember()];
    const subdomain = unique('race-');
    const tries = Array.from({ length: 20 }, (_, index) => people[index % 2]).flatMap((person) =>
      person === undefined
        ? []
        : [{ person, code: codeOf(makeWorkspace(person, bodyFor(subdomain))) }],
    );
    const ends = await Promise.all(
      tries.map(async ({ person, code }) => ({ userId: person.userId, code: await code })),
    );
    const winners = new Set(ends.filter(({ code }) => code === 'ok').map(({ userId }) => userId));
    expect(winners.size).toBe(1);
    const [winner] = winners;
    const others = ends.filter(({ userId }) => userId !== winner).map(({ code }) => code);
    expect(new Set(others)).toEqual(new Set(['subdomain_taken']));
    expect(ends.filter(({ userId }) => userId === winner).every(({ code }) => code === 'ok')).toBe(
      true,
    );

    const claim = await admin.get('subdomains', subdomain);
    expect(claim['claimedBy']).toBe(winner);
    const made = await admin.list('workspaces', Query.equal('ownerId', [...winners]));
    expect(made.map(({ $id }) => $id)).toEqual([claim['workspaceId']]);
  });

  test('one person cannot take every good name', async () => {
    const person = await product().newMember();
    const codes: string[] = [];
    for (let index = 0; index < 11; index += 1) {
      codes.push(await codeOf(makeWorkspace(person, bodyFor(unique('greedy-')))));
    }
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'ok'), 'too_many_requests']);
  });
};
