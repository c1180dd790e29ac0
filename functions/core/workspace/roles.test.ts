import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abilities } from '#schemas/contract/roles.ts';
import { workspaceRoles } from '#schemas/contract/vocabulary.ts';
import { mayDo, whyUnchangeable } from './roles.ts';

/** Written down a second time, by role: what a person is told it may do. */
const told = {
  owner: ['pay', 'refund', 'operate', 'enter', 'export', 'offsite', 'manage', 'leave', 'delete'],
  member: ['operate', 'enter', 'leave'],
  billing: ['pay', 'refund', 'leave'],
} as const satisfies Record<(typeof workspaceRoles)[number], readonly (typeof abilities)[number][]>;

describe('what a role may do', () => {
  test.each(workspaceRoles.flatMap((role) => abilities.map((ability) => [role, ability] as const)))(
    '%s: %s',
    (role, ability) => {
      const those: readonly string[] = told[role];
      expect(mayDo(role, ability)).toBe(those.includes(ability));
    },
  );

  test('somebody may do each of it, and owners all', () => {
    for (const ability of abilities) expect(mayDo('owner', ability)).toBe(true);
  });
});

const role = fc.constantFrom(...workspaceRoles);
const team = fc
  .uniqueArray(fc.record({ userId: fc.stringMatching(/^[a-e]$/), role }), {
    selector: ({ userId }) => userId,
    maxLength: 5,
  })
  .filter((members) => members.some((member) => member.role === 'owner'));
const change = fc.record({ userId: fc.stringMatching(/^[a-f]$/), to: fc.option(role) });

describe('a change of a team', () => {
  test('that is let through leaves an owner, whatever was done before', () => {
    fc.assert(
      fc.property(team, fc.array(change, { maxLength: 20 }), (members, changes) => {
        let now = members;
        for (const { userId, to } of changes) {
          if (whyUnchangeable(now, { userId, to }) !== null) continue;
          const others = now.filter((member) => member.userId !== userId);
          now = to === null ? others : [...others, { userId, role: to }];
          expect(now.some((member) => member.role === 'owner')).toBe(true);
        }
      }),
    );
  });

  test('is refused for the last owner and for strangers, and for nobody else', () => {
    fc.assert(
      fc.property(team, change, (members, { userId, to }) => {
        const member = members.find((each) => each.userId === userId);
        const owners = members.filter((each) => each.role === 'owner');
        const isLast = owners.length === 1 && owners[0] === member && to !== 'owner';
        const expected = member === undefined ? 'member_unknown' : isLast ? 'last_owner' : null;
        expect(whyUnchangeable(members, { userId, to })).toBe(expected);
      }),
    );
  });
});
