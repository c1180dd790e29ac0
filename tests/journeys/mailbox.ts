/** What the customer of the journey before was mailed, read where a mail ends on one machine. */
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { eventually } from '#tests/support/http.ts';
import type { Stage } from './stage.ts';
import { by, waitFor } from './steps.ts';

const mails = z.object({
  mails: z.array(z.object({ to: z.nullable(z.string()), subject: z.string() })),
});
const sentWithinMs = 70_000;
const ready = /^런타임을 쓰실 수 있습니다: /;
const receipt = /^결제가 확인되었습니다: /;
/** Newest first: the time that was bought later has a receipt of its own. */
const told = [receipt, ready, receipt];

/** `email`: of a Korean customer whose one runtime is ready. */
export const mailbox = (stage: () => Stage, email: string): void => {
  it('was mailed of it in Korean, once each, and can read it', async () => {
    const { mailUrl } = stage().product.world;
    const look = async () =>
      mails.parse(await (await fetch(new URL('/_ctl/mail', mailUrl))).json());
    const found = await eventually(
      look,
      (all) => all.mails.filter(({ to }) => to === email).length >= told.length,
      sentWithinMs,
    );
    const subjects = found.mails.filter(({ to }) => to === email).map(({ subject }) => subject);
    expect(subjects).toHaveLength(told.length);
    for (const [index, subject] of told.entries()) expect(subjects[index]).toMatch(subject);

    const page = await stage().browser.newPage();
    await page.goto(mailUrl);
    await page.getByRole('link', { name: ready }).first().click();
    await waitFor(page, 'subject');
    expect(await by(page, 'to').innerText()).toBe(email);
    expect(await by(page, 'text').innerText()).toContain('런타임으로 가기');
    const inside = page.frameLocator('iframe').getByText('런타임으로 가기');
    await inside.waitFor({ state: 'visible' });
    await page.close();
  });
};
