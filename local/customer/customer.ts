/**
 * A customer without hands: goes the way of the site through the same interfaces (Appwrite's API
 * with the real SDK, PayApp's and OpenAI's pages by their forms, the agent by its ticket).
 */
import { randomBytes } from 'node:crypto';
import { Client, Functions, Query, TablesDB } from 'node-appwrite';
import * as z from 'zod/mini';
import { agentError, codexCallbackAnswer } from '#schemas/contract/agent.ts';
import { cancelOrder, openOrder } from '#schemas/contract/checkout.ts';
import { failureAnswer } from '#schemas/contract/errors.ts';
import type { BodyOf, Operation, ValueOf } from '#schemas/contract/operation.ts';
import { orderRow, receiptView, runtimeRow } from '#schemas/contract/rows.ts';
import type { OrderRow, ReceiptView, RuntimeRow } from '#schemas/contract/rows.ts';
import { refreshRuntime, runSmoke, startCodex } from '#schemas/contract/runtimes.ts';
import { redeemInvite } from '#schemas/contract/signup.ts';
import { createWorkspace } from '#schemas/contract/workspaces.ts';
import { headerOf, postForm, send } from './http.ts';

export interface CustomerWorld {
  /** API base, `http://127.0.0.1:8080/v1`. */
  readonly apiUrl: string;
  readonly projectId: string;
  /** Plain door of the OpenAI stand-in. */
  readonly openaiUrl: string;
}

/** A refusal by one of our functions, with its stable code. */
export class Refused extends Error {
  readonly code: string;
  readonly retryable: boolean;
  constructor(operation: string, code: string, retryable: boolean) {
    super(`${operation}: ${code}`);
    this.code = code;
    this.retryable = retryable;
  }
}

const databaseId = 'main';
const pollMs = 250;

export interface Customer {
  readonly userId: string;
  readonly email: string;
  readonly functions: Functions;
  readonly rows: TablesDB;
}

const newClient = (world: CustomerWorld): Client =>
  new Client().setEndpoint(world.apiUrl).setProject(world.projectId);

export const call = async <B extends z.ZodMiniType, V extends z.ZodMiniType>(
  functions: Functions,
  operation: Operation<B, V>,
  body: z.infer<B>,
): Promise<z.infer<V>> => {
  const execution = await functions.createExecution({
    functionId: operation.function,
    xpath: operation.path,
    body: JSON.stringify(body),
  });
  const name = `${operation.function}${operation.path}`;
  const answer: unknown = JSON.parse(execution.responseBody || '{}');
  const failure = failureAnswer.safeParse(answer);
  if (failure.success) {
    const { code, retryable } = failure.data.error;
    throw new Refused(name, code, retryable);
  }
  const success = z.object({ ok: z.literal(true), value: z.unknown() }).safeParse(answer);
  if (!success.success) throw new Error(`${name} answered ${execution.responseStatusCode}`);
  return operation.value.parse(success.data.value);
};

export const signUp = (
  world: CustomerWorld,
  account: BodyOf<typeof redeemInvite>,
): Promise<ValueOf<typeof redeemInvite>> =>
  call(new Functions(newClient(world)), redeemInvite, account);

const sessionSecret = (cookies: readonly string[], projectId: string): string => {
  const prefix = `a_session_${projectId}=`;
  const cookie = cookies.find((line) => line.startsWith(prefix));
  if (cookie === undefined) throw new Error('the log-in set no session cookie');
  return decodeURIComponent(cookie.slice(prefix.length).split(';')[0] ?? '');
};

export const logIn = async (
  world: CustomerWorld,
  login: { readonly email: string; readonly password: string },
): Promise<Customer> => {
  const answer = await send({
    method: 'POST',
    url: `${world.apiUrl}/account/sessions/email`,
    headers: { 'content-type': 'application/json', 'x-appwrite-project': world.projectId },
    body: JSON.stringify(login),
  });
  if (answer.status !== 201) throw new Error(`log-in answered ${answer.status}`);
  const { userId } = z.object({ userId: z.string() }).parse(JSON.parse(answer.text));
  const secret = sessionSecret([answer.headers['set-cookie'] ?? []].flat(), world.projectId);
  const client = newClient(world).setSession(secret);
  return {
    userId,
    email: login.email,
    functions: new Functions(client),
    rows: new TablesDB(client),
  };
};

export const makeWorkspace = (
  customer: Customer,
  body: BodyOf<typeof createWorkspace>,
): Promise<ValueOf<typeof createWorkspace>> => call(customer.functions, createWorkspace, body);

export const order = (
  customer: Customer,
  workspaceId: string,
  runtimeName: string,
): Promise<ValueOf<typeof openOrder>> =>
  call(customer.functions, openOrder, {
    workspaceId,
    planKey: 'basic',
    runtimeName,
    phone: '010-1234-5678',
    requestKey: randomBytes(12).toString('hex'),
  });

export const cancel = (
  customer: Customer,
  orderId: string,
  revision: number,
): Promise<ValueOf<typeof cancelOrder>> =>
  call(customer.functions, cancelOrder, { orderId, revision });

/** Presses "card" on PayApp's pay page. */
export const payByCard = async (payUrl: string): Promise<void> => {
  const answer = await postForm(payUrl, { method: 'card' });
  if (answer.status !== 303 && answer.status !== 302) {
    throw new Error(`the pay page answered ${answer.status}`);
  }
};

export const readOrder = async (customer: Customer, orderId: string): Promise<OrderRow> =>
  orderRow.parse({
    ...(await customer.rows.getRow({ databaseId, tableId: 'orders', rowId: orderId })),
  });

export const readRuntime = async (
  customer: Customer,
  runtimeId: string,
): Promise<RuntimeRow | null> => {
  const list = await customer.rows.listRows({
    databaseId,
    tableId: 'runtimes',
    queries: [Query.equal('$id', runtimeId)],
  });
  const row = list.rows[0];
  return row === undefined ? null : runtimeRow.parse({ ...row });
};

/** Waits for a state of the runtime's row, and says what it was last when it does not come. */
export const waitForRuntime = async (
  customer: Customer,
  runtimeId: string,
  wait: {
    readonly within: number;
    readonly until: (row: RuntimeRow) => boolean;
    readonly onStatus?: (status: string) => void;
  },
): Promise<RuntimeRow> => {
  const deadline = Date.now() + wait.within;
  for (;;) {
    const row = await readRuntime(customer, runtimeId);
    if (row !== null) {
      wait.onStatus?.(row.status);
      if (wait.until(row)) return row;
    }
    if (Date.now() > deadline) {
      throw new Error(`the runtime is ${row?.status ?? 'absent'} after ${wait.within} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};

/** A command carries the revision it saw; when another write came between, it is read again. */
export const command = async <V>(
  customer: Customer,
  runtimeId: string,
  run: (target: { readonly runtimeId: string; readonly revision: number }) => Promise<V>,
): Promise<V> => {
  const attemptsAtMost = 10;
  for (let attempt = 1; ; attempt += 1) {
    const row = await readRuntime(customer, runtimeId);
    if (row === null) throw new Error('there is no such runtime');
    try {
      return await run({ runtimeId, revision: row.revision });
    } catch (error) {
      const again = error instanceof Refused && error.code === 'stale_revision';
      if (!again || attempt === attemptsAtMost) throw error;
    }
  }
};

export type CodexLogin = ValueOf<typeof startCodex>;

export const beginCodex = (customer: Customer, runtimeId: string): Promise<CodexLogin> =>
  command(customer, runtimeId, (target) => call(customer.functions, startCodex, target));

/** Presses "continue" on the authorize page; the address it ends on is what a person would copy. */
export const authorize = async (
  login: Pick<CodexLogin, 'authorizeUrl'>,
  decision: 'continue' | 'deny' = 'continue',
): Promise<string> => {
  const answer = await postForm(login.authorizeUrl, { decision, account: 'demo' });
  const location = headerOf(answer, 'location');
  if (location === '') throw new Error(`the authorize page answered ${answer.status}`);
  return location;
};

/** Hands the callback address directly to the tenant's agent: `linked`, or the error code. */
export const handOver = async (
  login: CodexLogin,
  callbackUrl: string,
  siteOrigin: string,
): Promise<string> => {
  const answer = await send({
    method: 'POST',
    url: login.callbackEndpoint,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${login.callbackTicket}`,
      origin: siteOrigin,
    },
    body: JSON.stringify({ callbackUrl }),
  });
  const value: unknown = JSON.parse(answer.text);
  if (codexCallbackAnswer.safeParse(value).success) return 'linked';
  const refused = agentError.safeParse(value);
  return refused.success ? refused.data.error.code : `http_${answer.status}`;
};

export const lookAgain = (customer: Customer, runtimeId: string): Promise<unknown> =>
  command(customer, runtimeId, () => call(customer.functions, refreshRuntime, { runtimeId }));

export const smoke = (customer: Customer, runtimeId: string): Promise<ValueOf<typeof runSmoke>> =>
  command(customer, runtimeId, (target) => call(customer.functions, runSmoke, target));

export const receiptOf = (row: RuntimeRow): ReceiptView =>
  receiptView.parse(JSON.parse(row.receipt ?? 'null'));
