/**
 * Automatic renewal of one runtime, a death at each step: agreed to three times until there is a
 * link, approved, charged, not charged and late, stopped by its payer; not approved; stopped again.
 * Months pass by dating rows back, and PayApp is told to charge.
 */
import * as z from 'zod/mini';
import { call } from '#local/customer/customer.ts';
import { postForm } from '#local/customer/http.ts';
import { showAutopay, startAutopay, stopAutopay } from '#schemas/contract/autopay.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { autopayCharges } from '#schemas/record/autopay.ts';
import { lookIntoPayApp } from '#tests/faults/counter.ts';
import { eventually } from '#tests/support/http.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { listAll, minutePasses, put, sweep, sweepUntil, sweepUntilDead } from './stage.ts';
import { anotherHour, renewalsOf } from './term.ts';
import type { Scene } from './term.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Who asked and got no answer within this is thought dead. */
const forlornMs = 3 * minuteMs;
const monthMs = 31 * dayMs;
const phone = '010-1234-5678';

type Link = ValueOf<typeof startAutopay>;
type Agreed = BodyOf<typeof startAutopay>['agreed'];

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

const agreementOf = ({ stage }: Scene, autopayId: string): Promise<AnyRow> =>
  stage.product.admin.get('autopays', autopayId);

/** Oldest first. */
export const agreementsOf = async ({ stage, at }: Scene): Promise<readonly AnyRow[]> => {
  const all = await listAll(stage, 'autopays');
  const own = all.filter((row) => row['runtimeId'] === at.runtimeId);
  return own.toSorted((left, right) =>
    String(left['$createdAt']).localeCompare(String(right['$createdAt'])),
  );
};

/** Also once it was made and lies in wait. */
const setAgreement = async ({ stage }: Scene, autopayId: string, data: object): Promise<void> => {
  await put(stage, 'autopays', autopayId, { nextCheckAt: ago(minuteMs), ...data });
};

const agree = async ({ stage, at }: Scene, agreed: Agreed): Promise<Link> => {
  await anotherHour(stage);
  const { functions } = at.owner.customer;
  return call(functions, startAutopay, { runtimeId: at.runtimeId, phone, agreed });
};

/** Whoever carries it out dies at the point, and nobody answers. */
const dieWhile = async (
  { stage }: Scene,
  point: string,
  press: () => Promise<unknown>,
): Promise<void> => {
  stage.kills.arm('checkout', point);
  const answer = await press().then(
    () => 'answered',
    () => 'no answer',
  );
  if (answer !== 'no answer') throw new Error(`${point}: the dead one ${answer}`);
  await stage.kills.happened('checkout', point);
};

const dieAt = async ({ stage }: Scene, point: string): Promise<void> => {
  stage.kills.arm('reconcile', point);
  await sweepUntilDead(stage, point);
  await minutePasses(stage);
};

/** Both who ask die, before and after PayApp made one of it; the third time there is a link. */
export const agreeInTheEnd = async (scene: Scene): Promise<Link> => {
  const { stage, at } = scene;
  const { runtimeId } = at;
  const { offer } = await call(at.owner.customer.functions, showAutopay, { runtimeId });
  if (offer === null) throw new Error('nothing is offered');
  for (const point of ['autopay.created', 'autopay.registered']) {
    await dieWhile(scene, point, () => agree(scene, offer));
    const newest = (await agreementsOf(scene)).at(-1);
    await put(stage, 'autopays', newest?.$id ?? '', { agreedAt: ago(forlornMs) });
  }
  return agree(scene, offer);
};

const heardAll = async ({ stage }: Scene): Promise<void> => {
  const look = () => lookIntoPayApp(stage.product);
  await eventually(look, ({ pending }) => pending.length === 0);
};

const counted = (scene: Scene, charges: number): Promise<void> =>
  sweepUntil(scene.stage, `${charges} charges are renewals`, async () => {
    const done = (await renewalsOf(scene)).filter(({ state }) => state === 'fulfilled');
    return done.length === charges;
  });

/** The payer approves, which is the first charge; whoever judges it and orders by it dies. */
export const approve = async (scene: Scene, { payUrl }: Link): Promise<void> => {
  const { status } = await postForm(payUrl, { method: 'card' });
  if (status !== 303) throw new Error(`PayApp answered ${status}`);
  await heardAll(scene);
  await dieAt(scene, 'autopay.charge_noted');
  await dieAt(scene, 'autopay.charge_ordered');
  await counted(scene, 1);
};

/** A month later nothing was charged; whoever finds that dies. */
export const missMonth = async (scene: Scene, { autopayId }: Link): Promise<AnyRow> => {
  const row = await agreementOf(scene, autopayId);
  const known = autopayCharges.parse(JSON.parse(String(row['charges'])));
  const charges = known.map((each) => ({
    ...each,
    paidAt: new Date(Date.parse(each.paidAt) - monthMs).toISOString(),
  }));
  const expectedAt = ago(2 * dayMs);
  await setAgreement(scene, autopayId, { charges: JSON.stringify(charges), expectedAt });
  await dieAt(scene, 'autopay.missed');
  await sweep(scene.stage);
  return agreementOf(scene, autopayId);
};

/** PayApp charges one, or whatever is due. Answers how many payments it made. */
const charge = async ({ stage }: Scene, rebillNo?: string): Promise<number> => {
  const body = JSON.stringify({ rebill_no: rebillNo });
  const url = new URL('/_ctl/tick', stage.product.world.payappUrl);
  const answer: unknown = await (await fetch(url, { method: 'POST', body })).json();
  return z.object({ paid: z.number() }).parse(answer).paid;
};

/** The charge comes after all. */
export const chargeLate = async (scene: Scene, { autopayId }: Link): Promise<AnyRow> => {
  const { rebillNo } = await agreementOf(scene, autopayId);
  await charge(scene, String(rebillNo));
  await heardAll(scene);
  await counted(scene, 2);
  return agreementOf(scene, autopayId);
};

const stopAs = ({ at }: Scene, { autopayId }: Link): Promise<unknown> =>
  call(at.owner.customer.functions, stopAutopay, { autopayId });

/** Its payer stops it, and whoever was about to ask PayApp dies. Answers what PayApp still took. */
export const stopOnce = async (scene: Scene, link: Link): Promise<number> => {
  const { rebillNo } = await agreementOf(scene, link.autopayId);
  await dieWhile(scene, 'autopay.stopped', () => stopAs(scene, link));
  await sweep(scene.stage);
  return charge(scene, String(rebillNo));
};

/** Nobody approves within a day: whoever stops it dies, and whoever has asked PayApp to end it. */
export const leaveUnapproved = async (scene: Scene, agreed: Agreed): Promise<Link> => {
  const link = await agree(scene, agreed);
  await setAgreement(scene, link.autopayId, { agreedAt: ago(dayMs + minuteMs) });
  for (const point of ['autopay.stopped', 'autopay.cancelled']) {
    await dieAt(scene, point);
    await setAgreement(scene, link.autopayId, {});
  }
  await sweep(scene.stage);
  // Whoever kept the link presses it in vain.
  await postForm(link.payUrl, { method: 'card' });
  return link;
};

/** Its payer stops another one, and whoever has asked PayApp dies before anybody hears of it. */
export const stopUnheard = async (scene: Scene, agreed: Agreed): Promise<Link> => {
  const link = await agree(scene, agreed);
  await dieWhile(scene, 'autopay.cancelled', () => stopAs(scene, link));
  await sweep(scene.stage);
  await postForm(link.payUrl, { method: 'card' });
  return link;
};

const books = z.object({
  rebills: z.array(z.object({ var1: z.string(), status: z.string(), charges: z.number() })),
});

/** What PayApp's own book says of each agreement: its state, and how often money was taken. */
export const atPayApp = async (
  { stage }: Scene,
  autopayIds: readonly string[],
): Promise<readonly (readonly [state: string, charges: number])[]> => {
  const url = new URL('/_ctl', stage.product.world.payappUrl);
  const { rebills } = books.parse(await (await fetch(url)).json());
  const { requests } = await lookIntoPayApp(stage.product);
  return autopayIds.map((id) => {
    const known = rebills.find(({ var1 }) => var1 === id);
    const paid = requests.filter(({ var1, status }) => var1 === id && status === 'paid');
    if (known !== undefined && known.charges !== paid.length) throw new Error(`${id} differs`);
    return [known?.status ?? 'unknown', paid.length] as const;
  });
};
