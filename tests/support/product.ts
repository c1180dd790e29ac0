/**
 * The whole product for tests that meet it as its customers do: over HTTP and with the SDKs. It runs
 * on free ports with a state folder of its own. `admin` holds the installation's key, as the console
 * does; everybody else has to come through the doors.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Functions, Query, TablesDB, Users } from 'node-appwrite';
import * as z from 'zod/mini';
import { Refused, call, logIn, makeWorkspace, signUp } from '#local/customer/customer.ts';
import type { Customer, CustomerWorld } from '#local/customer/customer.ts';
import { placesIn } from '#local/supervisor/paths.ts';
import type { Places } from '#local/supervisor/paths.ts';
import { portsFrom } from '#local/supervisor/ports.ts';
import { startProduct } from '#local/supervisor/product.ts';
import type { Product } from '#local/supervisor/product.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import { createInvite } from '#schemas/contract/operator.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { freeBase } from './ports.ts';

export const password = 'Contract-Pass-7319';

export interface Visitor {
  readonly client: Client;
  readonly functions: Functions;
  readonly rows: TablesDB;
}

export interface AnyRow {
  readonly $id: string;
  readonly [column: string]: unknown;
}

export interface Admin extends Visitor {
  readonly users: Users;
  /** At most 100 rows of a table. */
  readonly list: (table: TableId, ...queries: readonly string[]) => Promise<readonly AnyRow[]>;
  readonly get: (table: TableId, rowId: string) => Promise<AnyRow>;
}

export interface TestProduct extends Product {
  readonly customerWorld: CustomerWorld;
  readonly admin: Admin;
  readonly guest: Visitor;
  readonly places: Places;
  /** Folder of the parts' log files. */
  readonly logs: string;
  readonly makeInvite: (
    body?: BodyOf<typeof createInvite>,
  ) => Promise<ValueOf<typeof createInvite>>;
  /** Signed up through an invite of their own, and logged in. */
  readonly newMember: () => Promise<Customer>;
  /** A member with a workspace. */
  readonly newOwner: () => Promise<Owner>;
  /** What the minute cron does, now. */
  readonly sweep: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Owner {
  readonly customer: Customer;
  readonly workspaceId: string;
  readonly subdomain: string;
}

export const unique = (prefix: string): string => `${prefix}${randomBytes(4).toString('hex')}`;
export const newRequestKey = (): string => randomBytes(12).toString('hex');

const visitor = (client: Client): Visitor => ({
  client,
  functions: new Functions(client),
  rows: new TablesDB(client),
});

const adminOf = (client: Client): Admin => {
  const rows = new TablesDB(client);
  return {
    ...visitor(client),
    users: new Users(client),
    list: async (tableId, ...queries) => {
      const page = [...queries, Query.limit(100)];
      return (await rows.listRows({ databaseId, tableId, queries: page })).rows;
    },
    get: (tableId, rowId) => rows.getRow({ databaseId, tableId, rowId }),
  };
};

export const startTestProduct = async (): Promise<TestProduct> => {
  const folder = mkdtempSync(join(tmpdir(), 'hosted-contract-'));
  // Off in an installation until PayApp agrees to it; here it is to be tried.
  process.env['PAYAPP_RECURRING'] ??= 'on';
  const places = placesIn(folder);
  // `HOSTED_KEEP=1` leaves the state and its logs to be looked at.
  const remove = (): void => {
    if (process.env['HOSTED_KEEP'] === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const product = await startProduct(places, portsFrom(await freeBase())).catch(
    (error: unknown) => {
      remove();
      throw error;
    },
  );
  const { internalApiUrl: apiUrl, projectId, openaiUrl } = product.world;
  const customerWorld = { apiUrl, projectId, openaiUrl };
  const newClient = (): Client => new Client().setEndpoint(apiUrl).setProject(projectId);
  const admin = adminOf(newClient().setKey(product.secrets.appwriteKey));
  const makeInvite: TestProduct['makeInvite'] = (body = {}) =>
    call(admin.functions, createInvite, body);
  const newMember = async (): Promise<Customer> => {
    const { token } = await makeInvite();
    const email = `${unique('member-')}@example.com`;
    await signUp(customerWorld, { token, email, password, name: 'Member', locale: 'ko' });
    return logIn(customerWorld, { email, password });
  };
  return {
    ...product,
    customerWorld,
    admin,
    guest: visitor(newClient()),
    places,
    logs: places.logs,
    makeInvite,
    newMember,
    newOwner: async () => {
      const customer = await newMember();
      const body = { name: 'Workspace', subdomain: unique('ws-'), planKey: 'basic' };
      const { workspaceId, subdomain } = await makeWorkspace(customer, body);
      return { customer, workspaceId, subdomain };
    },
    sweep: async () => {
      const execution = await admin.functions.createExecution({ functionId: 'reconcile' });
      if (execution.responseStatusCode !== 200) {
        throw new Error(`reconcile answered ${execution.responseStatusCode}: ${execution.errors}`);
      }
    },
    close: async () => {
      await product.stop();
      remove();
    },
  };
};

/** `ok`, or the stable code with which one of our functions refused. */
export const codeOf = (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof Refused) return error.code;
      throw error;
    },
  );

const appwriteError = z.object({ code: z.number(), type: z.string() });

/** `ok`, or Appwrite's own word for the refusal. */
export const appwriteCodeOf = (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    () => 'ok',
    (error: unknown) => {
      const parsed = appwriteError.safeParse(error);
      if (parsed.success) return parsed.data.type;
      throw error;
    },
  );
