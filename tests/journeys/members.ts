/**
 * A workspace's people in real browsers: an owner hands on two links, one to somebody who has no
 * account yet and one to somebody who has; a role is changed, and one of them is taken out.
 */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { eventually } from '#tests/support/http.ts';
import { visit } from './stage.ts';
import type { Look, Stage, Visitor } from './stage.ts';
import { by, createWorkspace, password, signUp, stepTimeoutMs, waitFor } from './steps.ts';

/** The link as its owner would copy it. */
const inviteAs = async (page: Page, email: string, role: 'member' | 'billing'): Promise<string> => {
  await by(page, 'member-invite-email').fill(email);
  await by(page, `member-invite-${role}`).click();
  await by(page, 'member-invite-submit').click();
  await by(page, 'member-invite-link').filter({ hasText: email }).waitFor();
  return by(page, 'member-link').inputValue();
};

/** Read in one go: an item may go while it is looked at. */
const roles = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `[...document.querySelectorAll('[data-testid="member-item"]')]
      .map(({ dataset }) => dataset.role).sort().join()`,
  );
const untilRoles = async (page: Page, expected: readonly string[]): Promise<void> => {
  const wanted = expected.join();
  await eventually(
    () => roles(page),
    (seen) => seen === wanted,
    stepTimeoutMs,
  );
};

const signUpByLink = async ({ page }: Visitor, link: string, email: string): Promise<void> => {
  await page.goto(link);
  await waitFor(page, 'join-ready');
  await by(page, 'signup-email').fill(email);
  await by(page, 'signup-name').fill('Jun');
  await by(page, 'signup-password').fill(password);
  await by(page, 'signup-submit').click();
};

interface People {
  readonly owner: Visitor;
  /** Has no account yet. */
  readonly guest: Visitor;
  /** Has one, and no workspace. */
  readonly known: Visitor;
}

interface Addresses {
  readonly tag: string;
  readonly mina: string;
  readonly jun: string;
  readonly sora: string;
}

const newAddresses = (): Addresses => {
  const tag = randomBytes(3).toString('hex');
  const of = (name: string): string => `${name}-${tag}@example.com`;
  return { tag, mina: of('mina'), jun: of('jun'), sora: of('sora') };
};

const settleIn = async (stage: Stage, { owner, known }: People): Promise<Addresses> => {
  const named = newAddresses();
  for (const [visitor, email] of [
    [owner, named.mina],
    [known, named.sora],
  ] as const) {
    const token = await stage.product.invite('members journey');
    await signUp(stage, visitor, { token, email });
    await waitFor(visitor.page, 'workspace-submit');
  }
  await createWorkspace(owner, `people-${named.tag}`);
  await waitFor(owner.page, 'checkout-submit');
  await by(owner.page, 'account-menu').click();
  await by(owner.page, 'members-menu').click();
  await untilRoles(owner.page, ['owner']);
  return named;
};

/** Gives the link that was used by the one who had no account. */
const comeIn = async ({ owner, guest, known }: People, named: Addresses): Promise<string> => {
  const toJun = await inviteAs(owner.page, named.jun, 'billing');
  await owner.shot('link');
  const toSora = await inviteAs(owner.page, named.sora, 'member');
  expect(new URL(toJun).search).toBe('');

  // No account yet: signing up leads straight into the workspace, where billing may order.
  await signUpByLink(guest, toJun, named.jun);
  await waitFor(guest.page, 'checkout-submit');
  await guest.shot('in');
  await known.page.goto(toSora);
  await waitFor(known.page, 'join-accept');
  await known.shot('asked');
  await by(known.page, 'join-accept').click();
  // A member is told who may order, instead of being given a button that refuses.
  await waitFor(known.page, 'role-note');
  expect(await by(known.page, 'checkout-submit').count()).toBe(0);
  await untilRoles(owner.page, ['billing', 'member', 'owner']);
  await owner.shot('three');
  return toJun;
};

const changeAndTakeOut = async ({ owner, guest }: People, jun: string): Promise<void> => {
  const ofJun = by(owner.page, 'member-item').filter({ hasText: jun });
  await ofJun.getByTestId('member-change').click();
  await by(owner.page, 'role-member').click();
  await by(owner.page, 'role-submit').click();
  await untilRoles(owner.page, ['member', 'member', 'owner']);
  await waitFor(guest.page, 'role-note');

  await ofJun.getByTestId('member-remove').click();
  await owner.shot('taking-out');
  await by(owner.page, 'member-confirm').click();
  await untilRoles(owner.page, ['member', 'owner']);
  await waitFor(guest.page, 'workspace-submit');
  await guest.shot('out');
};

export const members = (stage: () => Stage): void => {
  it('two people come in by link, one gets another role, one is taken out', async ({
    onTestFailed,
  }) => {
    const start = async (look: Look): Promise<Visitor> => {
      const visitor = await visit(stage(), look);
      onTestFailed(() => visitor.shot('FAILED'));
      return visitor;
    };
    const people = {
      owner: await start({ journey: 'members', locale: 'ko-KR', width: 1280 }),
      guest: await start({ journey: 'members-new', locale: 'en-US', width: 390 }),
      known: await start({ journey: 'members-known', locale: 'ko-KR', width: 390 }),
    };
    const named = await settleIn(stage(), people);
    const link = await comeIn(people, named);
    await changeAndTakeOut(people, named.jun);

    // The link that brought them in does not do so again.
    const { guest } = people;
    await guest.page.goto('about:blank');
    await guest.page.goto(link);
    await waitFor(guest.page, 'error-message');
    await guest.shot('link-used');

    const all = Object.values(people);
    expect(all.flatMap(({ errors }) => errors)).toEqual([]);
    for (const { context } of all) await context.close();
  });
};
