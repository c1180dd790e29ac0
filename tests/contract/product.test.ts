/**
 * The deployed product, met as its customers and strangers meet it: over HTTP and with the SDKs,
 * against the bundles that the real CLI pushed. One product serves all themes; no order is paid, so
 * no gateway starts.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { startTestProduct } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { visibility, writing } from './product/access.ts';
import { deleting, forgotten } from './product/account.ts';
import { badCalls, forgedHeaders, forgedRoles, functionDoors } from './product/callers.ts';
import { cancelling, opening, racing } from './product/checkout.ts';
import { anomalies, sandboxNotices, strangersAtTheDoor, trueNotices } from './product/feedback.ts';
import { silence } from './product/leaks.ts';
import { operatorHelp } from './product/operator-help.ts';
import { operatorDoors, operatorWork } from './product/operator.ts';
import { membership } from './product/members.ts';
import { news } from './product/realtime.ts';
import { commands } from './product/runtimes.ts';
import { closedDoors, inviteRaces, invites } from './product/signup.ts';
import { subdomainRaces, subdomains } from './product/workspaces.ts';

let product: TestProduct | undefined;
beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(async () => {
  await product?.close();
});
const running = (): TestProduct => {
  if (product === undefined) throw new Error('the product did not start');
  return product;
};

describe('sign-up', () => {
  invites(running);
  inviteRaces(running);
  closedDoors(running);
});

describe('workspaces', () => {
  subdomains(running);
  subdomainRaces(running);
});

describe('members', () => membership(running));

describe('checkout', () => {
  describe('opening an order', () => opening(running));
  describe('an open order', () => cancelling(running));
  describe('at the same time', () => racing(running));
});

describe('feedback', () => {
  describe('the door', () => strangersAtTheDoor(running));
  describe('a true notice', () => trueNotices(running));
  describe('an anomaly', () => anomalies(running));
  sandboxNotices(running);
});

describe('access', () => {
  describe('to rows', () => visibility(running));
  describe('for writing', () => writing(running));
  functionDoors(running);
  forgedHeaders(running);
  forgedRoles(running);
  describe('a call', () => badCalls(running));
  commands(running);
  news(running);
});

describe('operator', () => {
  operatorDoors(running);
  operatorWork(running);
  describe('help', () => operatorHelp(running));
});

describe('account', () => deleting(running));

// Last: what is looked for was sent by the themes above.
describe('silence', () => silence(running));

// The product is at rest then, and its files are whole.
describe('oblivion', () => forgotten(running));
