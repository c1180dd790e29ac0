import { beforeEach, expect, test } from 'vitest';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { checkSubdomain } from './check-subdomain.ts';
import { createWorkspace } from './create-workspace.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const user = (userId: string) => ({ userId, email: '', name: '', labels: [] });
const body = (subdomain: string) => ({ name: 'Acme', subdomain, planKey: 'basic' });
const codeOf = (result: Awaited<ReturnType<typeof createWorkspace>>) =>
  result.ok ? 'ok' : result.error.code;

test('a workspace has a team, a row its members read, and a name of its own', async () => {
  const made = await createWorkspace(world, user('mina'), body('  Acme '));
  if (!made.ok) throw new Error(made.error.code);
  const { workspaceId } = made.value;
  expect(made.value).toMatchObject({ subdomain: 'acme', host: 'acme.run.example' });
  expect(await world.teams.roleOf(workspaceId, 'mina')).toBe('owner');
  expect(world.store.readersOf('workspaces', workspaceId)).toEqual({ team: workspaceId });
  expect(world.store.rows('subdomains')).toMatchObject([{ id: 'acme', workspaceId }]);
  const check = await checkSubdomain(world, { subdomain: 'ACME' });
  expect(check).toMatchObject({ value: { available: false, reason: 'subdomain_taken' } });
});

test('fifty people want one name: one gets it', async () => {
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      createWorkspace(world, user(`user${index}`), body('acme')),
    ),
  );
  const codes = results.map(codeOf);
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'subdomain_taken')).toHaveLength(49);
  expect(world.store.rows('workspaces')).toHaveLength(1);
  expect(world.teams.all.size).toBe(1);
});

test('the same person asking twice gets the same workspace', async () => {
  const [first, second] = await Promise.all([
    createWorkspace(world, user('mina'), body('acme')),
    createWorkspace(world, user('mina'), body('acme')),
  ]);
  expect(first).toEqual(second);
  expect(world.store.rows('workspaces')).toHaveLength(1);
});

test('a crash after any write is resumed by the same person', async () => {
  for (let writes = 1; ; writes += 1) {
    world = makeWorld();
    world.store.crashAfterWrites(writes);
    const first = await createWorkspace(world, user('mina'), body('acme')).catch(() => null);
    const crashed = world.store.crashed;
    world.store.revive();
    expect(codeOf(await createWorkspace(world, user('mina'), body('acme')))).toBe('ok');
    expect(world.store.rows('workspaces')).toHaveLength(1);
    if (!crashed) {
      expect(first?.ok).toBe(true);
      break;
    }
  }
});

test.each([
  ['ab', 'subdomain_invalid'],
  ['a b', 'subdomain_invalid'],
  ['-acme', 'subdomain_invalid'],
  ['acme-', 'subdomain_invalid'],
  ['ac--me', 'subdomain_invalid'],
  ['xn--acme', 'subdomain_invalid'],
  ['아크메', 'subdomain_invalid'],
  ['a'.repeat(31), 'subdomain_invalid'],
  ['www', 'subdomain_reserved'],
  ['API', 'subdomain_reserved'],
  ['admin-2', 'subdomain_reserved'],
])('the name %s is refused as %s, at its field', async (subdomain, code) => {
  const result = await createWorkspace(world, user('mina'), body(subdomain));
  expect(result).toMatchObject({ ok: false, error: { code, field: 'subdomain' } });
  expect(world.store.writes).toBe(0);
  const check = await checkSubdomain(world, { subdomain });
  expect(check).toMatchObject({ value: { available: false, reason: code } });
});

test('an unknown plan is refused before anything is claimed', async () => {
  const result = await createWorkspace(world, user('mina'), { ...body('acme'), planKey: 'free' });
  expect(codeOf(result)).toBe('plan_unknown');
  expect(world.store.writes).toBe(0);
});

test('one person cannot take every good name', async () => {
  const codes: string[] = [];
  for (let index = 0; index < 12; index += 1) {
    codes.push(codeOf(await createWorkspace(world, user('mina'), body(`acme${index}`))));
  }
  expect(codes.slice(0, 10)).toEqual(Array(10).fill('ok'));
  expect(codes.slice(10)).toEqual(['too_many_requests', 'too_many_requests']);
});
