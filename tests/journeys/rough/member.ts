/**
 * A customer who has come some way already, so that a journey begins with what it is about: account,
 * workspace and orders come through the same interfaces as the site's, without a page.
 */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { logIn, makeWorkspace, order, readOrder, signUp } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { Client, Query, Users } from 'node-appwrite';
import { visit } from '../stage.ts';
import type { Look, Stage, Visitor } from '../stage.ts';

export const memberPassword = 'Journey-Pass-7319';

export interface Member extends Visitor {
  readonly customer: Customer;
  readonly email: string;
  readonly workspaceId: string;
  /** Of the flow at this workspace. */
  readonly address: string;
}

const makeCustomer = async (
  { product }: Stage,
  name: string,
): Promise<{ readonly customer: Customer; readonly email: string }> => {
  const { internalApiUrl: apiUrl, projectId, openaiUrl } = product.world;
  const world = { apiUrl, projectId, openaiUrl };
  const email = `${name}-${randomBytes(4).toString('hex')}@example.com`;
  const token = await product.invite(name);
  await signUp(world, { token, email, password: memberPassword, name, locale: 'ko' });
  return { customer: await logIn(world, { email, password: memberPassword }), email };
};

/** Runs in the page: cookie and mark are there as they are after the form. */
const signInThere = async (stage: Stage, { page }: Visitor, email: string): Promise<void> => {
  const { siteUrl, apiUrl, projectId } = stage.product.world;
  await page.goto(`${siteUrl}/config.json`);
  const status = await page.evaluate(
    async (login) => {
      const answer = await fetch(`${login.apiUrl}/account/sessions/email`, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json', 'x-appwrite-project': login.projectId },
        body: JSON.stringify({ email: login.email, password: login.password }),
      });
      localStorage.setItem('hd.seen', '1');
      return answer.status;
    },
    { apiUrl, projectId, email, password: memberPassword },
  );
  if (status !== 201) throw new Error(`the sign-in answered ${status}`);
};

/** Signed in, with one workspace; no page of the site is open yet. */
export const openMember = async (stage: Stage, look: Look): Promise<Member> => {
  const { customer, email } = await makeCustomer(stage, look.journey);
  const subdomain = `${look.journey}-${randomBytes(3).toString('hex')}`;
  const body = { name: 'Journey', subdomain, planKey: 'basic' };
  const { workspaceId } = await makeWorkspace(customer, body);
  const visitor = await visit(stage, look);
  await signInThere(stage, visitor, email);
  const address = `${stage.product.world.siteUrl}/?workspace=${workspaceId}`;
  return { ...visitor, customer, email, workspaceId, address };
};

export interface OpenOrder {
  readonly orderId: string;
  /** Of now. */
  readonly revision: number;
  /** Of the flow at this order, whatever becomes of it. */
  readonly address: string;
}

/** An order that waits for its payment. */
export const openOrder = async (member: Member, name = 'first'): Promise<OpenOrder> => {
  const { customer, workspaceId } = member;
  const { orderId, revision, runtimeId } = await order(customer, workspaceId, name);
  return { orderId, revision, address: `${member.address}&runtime=${runtimeId}` };
};

export const revisionOf = async ({ customer }: Member, orderId: string): Promise<number> =>
  (await readOrder(customer, orderId)).revision;

export const ordersOf = async (member: Member): Promise<readonly string[]> => {
  const list = await member.customer.rows.listRows({
    databaseId: 'main',
    tableId: 'orders',
    queries: [Query.equal('workspaceId', member.workspaceId)],
  });
  return list.rows.map(({ $id }) => $id);
};

const overview = z.object({ requests: z.array(z.looseObject({ status: z.string() })) });

/** What PayApp was asked for about an order, as it stands there. */
export const payappRequests = async (
  { product }: Stage,
  orderId: string,
): Promise<readonly string[]> => {
  const answer = await fetch(`${product.world.payappUrl}/_ctl`);
  return overview
    .parse(await answer.json())
    .requests.filter((request) => JSON.stringify(request).includes(orderId))
    .map(({ status }) => status);
};

/** Ends every session of the account on the server; its pages are told nothing. */
export const endSessions = async ({ product }: Stage, { customer }: Member): Promise<void> => {
  const { internalApiUrl, projectId } = product.world;
  const client = new Client().setEndpoint(internalApiUrl).setProject(projectId);
  const users = new Users(client.setKey(product.secrets.appwriteKey));
  await users.deleteSessions({ userId: customer.userId });
};
