import { expect, test } from 'vitest';
import { Drafts } from './drafts.ts';

test('what was typed outlasts a session of the same account', () => {
  const drafts = new Drafts();
  drafts.belongTo('a');
  drafts.keep('order.name', 'research');
  drafts.belongTo('a');
  expect(drafts.read('order.name')).toBe('research');
});

test('what one account typed is not shown to another', () => {
  const drafts = new Drafts();
  drafts.belongTo('a');
  drafts.keep('order.phone', '010-1234-5678');
  drafts.belongTo('b');
  expect(drafts.read('order.phone')).toBe('');
});
