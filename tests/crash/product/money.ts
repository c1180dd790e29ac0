/**
 * Orders of their own for the points that fifty happy customers do not come to: cancelled, expired,
 * refunded by the customer, an operator or the promise, late. One order a death. No machine has room
 * meanwhile: money must come out right without one. Money goes back once or a person is asked.
 */
import { Query } from 'node-appwrite';
import { call } from '#local/customer/customer.ts';
import { cancelOrder, requestRefund } from '#schemas/contract/checkout.ts';
import { refundOrder } from '#schemas/contract/operator.ts';
import { lookIntoPayApp } from '#tests/faults/counter.ts';
import { readLedger } from '#tests/faults/ledger.ts';
import type { Dice } from '#tests/support/dice.ts';
import { eventually } from '#tests/support/http.ts';
import { Purchase } from './purchase.ts';
import { keepServer, listAll, minutePasses, put, sweep } from './stage.ts';
import { sweepUntil, sweepUntilDead } from './stage.ts';
import type { Stage } from './stage.ts';

export interface End {
  readonly state: string;
  /** Of the order's requests, oldest first. */
  readonly atPayApp: readonly string[];
  readonly tasks: readonly string[];
}

interface Scene {
  readonly stage: Stage;
  readonly purchase: Purchase;
}

interface Story {
  readonly functionId: 'checkout' | 'operator' | 'reconcile';
  readonly point: string;
  readonly isPaid: boolean;
  /** PayApp has paid the seller already: it gives back on request only. */
  readonly isSettled: boolean;
  readonly act: (at: Scene) => Promise<void>;
  readonly ends: End;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A refund counts as silent after two minutes; one more to write it, one to do what follows. */
const minutesToRest = 5;

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const setOrder = async ({ stage, purchase }: Scene, data: object): Promise<void> => {
  await put(stage, 'orders', purchase.orderId, { ...data, nextCheckAt: ago(minuteMs) });
};

/** Nobody answers: the process that should have is dead. */
const unanswered = (calling: Promise<unknown>): Promise<void> =>
  calling.then(
    (value) => {
      throw new Error(`answered ${JSON.stringify(value)}`);
    },
    (error: unknown) => {
      if (!String(error).includes('answered 500')) throw error;
    },
  );

const cancel = async ({ purchase }: Scene): Promise<void> => {
  const { $id: orderId, revision } = await purchase.read();
  const { functions } = purchase.owner.customer;
  await unanswered(call(functions, cancelOrder, { orderId, revision }));
};
const takeBack = async ({ purchase }: Scene): Promise<void> => {
  const { $id: orderId, revision } = await purchase.read();
  const { functions } = purchase.owner.customer;
  await unanswered(call(functions, requestRefund, { orderId, revision }));
};
const refundByHand = async ({ stage, purchase }: Scene): Promise<void> => {
  const { $id: orderId, revision } = await purchase.read();
  const wish = { orderId, revision, amountKrw: null, reason: 'goodwill', confirmation: orderId };
  await unanswered(call(stage.product.admin.functions, refundOrder, wish));
};
/** Its day of grace is over, and everything before was tried. */
const breakPromise = (at: Scene): Promise<void> =>
  setOrder(at, { promisedBy: ago(25 * hourMs), promiseStage: 'reported' });
/** Half an hour late, and nothing was tried yet. */
const comeLate = (at: Scene): Promise<void> => setOrder(at, { promisedBy: ago(31 * minuteMs) });
const letDayPass = (at: Scene): Promise<void> => setOrder(at, { expiresAt: ago(minuteMs) });
/** Asked for another link; the one who was to kill the first died before. */
const leaveLink = async ({ stage, purchase }: Scene): Promise<void> => {
  stage.kills.arm('checkout', 'order.request_started');
  const { revision } = await purchase.read();
  await unanswered(purchase.renew(revision));
};

const unpaid = { isPaid: false, isSettled: false } as const;
const paid = { isPaid: true, isSettled: false } as const;
const back: End = { state: 'refunded', atPayApp: ['refunded'], tasks: [] };
/** Asked of PayApp or not, nobody here knows. */
const unknown: End = { state: 'refund_requested', atPayApp: ['paid'], tasks: ['refund_unknown'] };

const refunds = (functionId: Story['functionId'], act: Story['act']): readonly Story[] => [
  { functionId, point: 'refund.intended', ...paid, act, ends: unknown },
  { functionId, point: 'refund.answered', ...paid, act, ends: back },
  { functionId, point: 'refund.noted', ...paid, act, ends: back },
  { functionId, point: 'refund.requesting', ...paid, isSettled: true, act, ends: unknown },
];

const stories: readonly Story[] = [
  {
    functionId: 'checkout',
    point: 'order.link_dead',
    ...unpaid,
    act: cancel,
    ends: { state: 'cancelled', atPayApp: ['cancelled'], tasks: [] },
  },
  ...refunds('checkout', takeBack),
  { functionId: 'operator', point: 'order.changed', ...paid, act: refundByHand, ends: unknown },
  ...refunds('operator', refundByHand),
  {
    functionId: 'reconcile',
    point: 'order.link_dead',
    ...unpaid,
    act: letDayPass,
    // The link's own death is in the inbox before the order is closed.
    ends: { state: 'cancelled', atPayApp: ['cancelled'], tasks: [] },
  },
  {
    functionId: 'reconcile',
    point: 'effect.cancel_request',
    ...unpaid,
    act: leaveLink,
    ends: { state: 'draft', atPayApp: ['cancelled'], tasks: [] },
  },
  ...refunds('reconcile', breakPromise),
  ...(['promise.retried', 'promise.reported'] as const).map((point): Story => {
    const ends = { state: 'fulfilled', atPayApp: ['paid'], tasks: ['provisioning_stuck'] };
    return { functionId: 'reconcile', point, ...paid, act: comeLate, ends };
  }),
];

/** What refunds leave to do, whosever they are. */
const inTheirWake = [
  'effect.suspend_runtime',
  'effect.raise_task',
  'runtime.find_compose.done',
] as const;

const settleAtPayApp = async ({ product }: Stage, orderId: string): Promise<void> => {
  const { requests } = await lookIntoPayApp(product);
  const mulNo = requests.find(({ var1 }) => var1 === orderId)?.mulNo;
  const url = `${product.world.payappUrl}/_ctl/settle`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ mul_no: mulNo }) });
  if (response.status !== 200) throw new Error(`settle: ${await response.text()}`);
};

/** Opened and, where the story wants it, paid and granted. */
const prepare = async (stage: Stage, scenes: readonly (Story & Scene)[]): Promise<void> => {
  await Promise.all(scenes.map(({ purchase }) => purchase.open()));
  const buyers = scenes.filter(({ isPaid }) => isPaid);
  await Promise.all(buyers.map(({ purchase }) => purchase.pay()));
  await eventually(
    () => lookIntoPayApp(stage.product),
    ({ pending }) => pending.length === 0,
  );
  await sweepUntil(stage, 'granted', async () => {
    const granted = await listAll(stage, 'orders', Query.equal('state', 'fulfilled'));
    const ids = new Set(granted.map(({ $id }) => $id));
    return buyers.every(({ purchase }) => ids.has(purchase.orderId));
  });
  for (const { purchase, isSettled } of buyers) {
    if (isSettled) await settleAtPayApp(stage, purchase.orderId);
  }
};

const endOf = async ({ stage, purchase }: Scene): Promise<End> => {
  const { requests } = await lookIntoPayApp(stage.product);
  const own = requests.filter(({ var1 }) => var1 === purchase.orderId);
  const { state, tasks } = await readLedger(stage.product, purchase.orderId);
  return { state, tasks, atPayApp: own.map(({ status }) => status) };
};

export interface Played {
  readonly name: string;
  readonly ends: End;
  readonly came: End;
}

/** Customers of their own: the others have used up their orders of this hour, their deaths' too. */
const ownersNeeded = 2;

export const playMoney = async (stage: Stage, dice: Dice): Promise<readonly Played[]> => {
  const { newOwner } = stage.product;
  const owners = await Promise.all(Array.from({ length: ownersNeeded }, newOwner));
  const scenes = stories.map((story, index) => {
    const owner = owners[index % owners.length];
    if (owner === undefined) throw new Error('there are no owners');
    return { ...story, stage, purchase: new Purchase(owner, dice) };
  });
  await keepServer(stage, 'draining');
  await prepare(stage, scenes);
  for (const scene of scenes) {
    stage.kills.arm(scene.functionId, scene.point);
    await scene.act(scene);
    if (scene.functionId === 'reconcile') await sweepUntilDead(stage, scene.point);
    await stage.kills.happened(scene.functionId, scene.point);
  }
  for (const point of inTheirWake) stage.kills.arm('reconcile', point);
  for (const point of inTheirWake) await sweepUntilDead(stage, point);
  for (let minute = 0; minute < minutesToRest; minute += 1) {
    await minutePasses(stage);
    await sweep(stage);
  }
  return Promise.all(
    scenes.map(async (scene) => ({
      name: `${scene.functionId} died at ${scene.point}`,
      ends: scene.ends,
      came: await endOf(scene),
    })),
  );
};
