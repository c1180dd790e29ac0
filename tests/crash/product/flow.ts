/** Fifty orders from sign-up to runtime, and where everything is killed meanwhile. */
import { Refused, logIn, makeWorkspace, signUp } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { eventually } from '#tests/support/http.ts';
import { password, unique } from '#tests/support/product.ts';
import type { Owner } from '#tests/support/product.ts';
import { composes } from './dokploy.ts';
import { inTheWake, onTheWay } from './planned.ts';
import type { Purchase } from './purchase.ts';
import { killPart, listAll, minutePasses, sweep } from './stage.ts';
import type { Stage } from './stage.ts';

/** A customer presses a button so often before giving up. */
const pressesAtMost = 5;
const unharmedOwners = 6;
const openWithinMs = 90_000;
const deployingWithinMs = 60_000;
/** Payers that come with each death; those who are left then come last, all at once. */
const payersPerDeath = 2;
const payersPerServer = 4;
const minutesToHealAtMost = 6;

/** Until it is answered; `known`: the answer that says an earlier press did it. */
const press = async <T>(button: () => Promise<T>, known?: string): Promise<T | null> => {
  for (let presses = 1; ; presses += 1) {
    try {
      return await button();
    } catch (error) {
      if (error instanceof Refused && error.code === known) return null;
      if (error instanceof Refused || presses === pressesAtMost) throw error;
    }
  }
};

const newCustomer = async ({ product }: Stage): Promise<Customer> => {
  const { token } = await product.makeInvite();
  const email = `${unique('member-')}@example.com`;
  const account = { token, email, password, name: 'Member', locale: 'ko' as const };
  await press(() => signUp(product.customerWorld, account), 'invite_used');
  return logIn(product.customerWorld, { email, password });
};

const newOwner = async (stage: Stage): Promise<Owner> => {
  const customer = await newCustomer(stage);
  const body = { name: 'Workspace', subdomain: unique('ws-'), planKey: 'basic' };
  const made = await press(() => makeWorkspace(customer, body));
  if (made === null) throw new Error('no workspace');
  return { customer, workspaceId: made.workspaceId, subdomain: made.subdomain };
};

/**
 * One owner a point of theirs, each of whom meets its death, and some more: a turn that was counted
 * and whose order died before it was written is gone, so nobody comes near twenty orders an hour.
 */
export const settleIn = async (stage: Stage): Promise<readonly Owner[]> => {
  const owners: Owner[] = [];
  for (const functionId of ['signup', 'workspaces'] as const) {
    for (const point of onTheWay[functionId]) {
      stage.kills.arm(functionId, point);
      owners.push(await newOwner(stage));
      await stage.kills.happened(functionId, point);
    }
  }
  for (let more = 0; more < unharmedOwners; more += 1) owners.push(await newOwner(stage));
  return owners;
};

const countOf = async (stage: Stage, state: string): Promise<number> =>
  (await listAll(stage, 'orders')).filter((row) => row['state'] === state).length;

/** All at once; the deaths come one after the other, the servers' in the middle of it. */
export const openAll = async (stage: Stage, purchases: readonly Purchase[]): Promise<void> => {
  const { kills } = stage;
  for (const point of onTheWay.checkout) kills.arm('checkout', point);
  const opening = Promise.all(purchases.map((purchase) => purchase.open()));
  const some = (share: number) =>
    eventually(
      () => countOf(stage, 'awaiting_payment'),
      (count) => count >= purchases.length * share,
      openWithinMs,
    );
  const dying = async (): Promise<void> => {
    await some(1 / 10);
    await killPart(stage, 'payapp');
    await some(1 / 3);
    await killPart(stage, 'appwrite');
  };
  await Promise.all([opening, dying()]);
  for (const point of onTheWay.checkout) await kills.happened('checkout', point);
};

type Pay = (count: number) => Promise<void>;

/** Payers come by twos and threes, and each time another death. */
const payThroughDeaths = async (stage: Stage, pay: Pay): Promise<void> => {
  const { kills } = stage;
  for (const functionId of ['payapp', 'reconcile'] as const) {
    for (const point of onTheWay[functionId]) {
      kills.arm(functionId, point);
      await pay(payersPerDeath);
      await kills.happened(functionId, point);
    }
  }
  await Promise.all([pay(payersPerServer), killPart(stage, 'payapp')]);
  await pay(payersPerServer);
  await killPart(stage, 'appwrite');
};

export const isUp = (runtime: Readonly<Record<string, unknown>>): boolean =>
  runtime['status'] !== 'provisioning' && runtime['status'] !== 'failed';

/** Minutes go by, as they do between customers: what was paid so far is finished. */
const heal = async (stage: Stage, count: number): Promise<void> => {
  const [point] = inTheWake.reconcile;
  stage.kills.arm('reconcile', point);
  for (let minute = 0; minute < minutesToHealAtMost; minute += 1) {
    await minutePasses(stage);
    await sweep(stage);
    const up = (await listAll(stage, 'runtimes')).filter(isUp).length;
    if (up === count && !stage.kills.isArmed('reconcile', point)) return;
  }
  throw new Error(`not healed in ${minutesToHealAtMost} minutes`);
};

/** Everybody who is left pays at once; Dokploy dies while it deploys, and then its callers do. */
const payRest = async (stage: Stage, pay: () => Promise<void>): Promise<void> => {
  await pay();
  const deploying = () => composes(stage);
  const isDeploying = (all: Awaited<ReturnType<typeof deploying>>): boolean =>
    all.some(({ status }) => status === 'running');
  await eventually(deploying, isDeploying, deployingWithinMs);
  await killPart(stage, 'dokploy');
  const last = 'runtime.observe_deployment.done';
  stage.kills.arm('reconcile', last);
  await stage.kills.happened('reconcile', last);
};

export const payAll = async (stage: Stage, purchases: readonly Purchase[]): Promise<void> => {
  const left = [...purchases];
  const pay: Pay = async (count) => {
    await Promise.all(left.splice(0, count).map((purchase) => purchase.pay()));
  };
  await payThroughDeaths(stage, pay);
  await heal(stage, purchases.length - left.length);
  await payRest(stage, () => pay(left.length));
};
