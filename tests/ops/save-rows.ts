/**
 * `node tests/ops/save-rows.ts`: runs this very version of the product, sells a runtime with the real
 * gateway, gives money back, bills a legacy tenant, and keeps what the tables hold then in
 * `rows/<version>.json`, where tests/ops/old-rows.test.ts loads it for ever after. To be run before a
 * release. What stands in the file already is never changed: rows of other states are added.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, order, payByCard, readOrder } from '#local/customer/customer.ts';
import { send } from '#local/customer/http.ts';
import { root } from '#local/supervisor/paths.ts';
import { step } from '#local/supervisor/output.ts';
import { deleteAccount } from '#schemas/contract/account.ts';
import { importBilling, lookUpBilling, makePayLink } from '#schemas/contract/operator-billing.ts';
import { showAutopay, startAutopay } from '#schemas/contract/autopay.ts';
import { chooseRenewalTexts } from '#schemas/contract/renewal-texts.ts';
import { refundOrder } from '#schemas/contract/operator.ts';
import { inviteMember } from '#schemas/contract/workspaces.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { tables } from '#schemas/tables/tables.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { eventually } from '#tests/support/http.ts';
import { password, startTestProduct } from '#tests/support/product.ts';
import type { AnyRow, Owner, TestProduct } from '#tests/support/product.ts';
import { makeReady } from '#tests/support/ready-runtime.ts';

const provisioningMs = 240_000;
const settlingMs = 60_000;

/** Paid with another amount: due back, and a task for a person. */
const payOtherAmount = async (product: TestProduct, owner: Owner): Promise<void> => {
  const { customer, workspaceId } = owner;
  const { orderId } = await order(customer, workspaceId, 'Returned');
  const { mulNo } = await product.admin.get('orders', orderId);
  const notice = { mul_no: String(mulNo), pay_state: '4', fields: { price: '40000' } };
  const url = `${product.world.payappUrl}/_ctl/send`;
  await send({ method: 'POST', url, body: JSON.stringify(notice) });
  await eventually(
    async () => {
      await product.sweep();
      return product.admin.get('orders', orderId);
    },
    ({ state }) => state === 'refund_due',
    settlingMs,
  );
};

const refund = async (product: TestProduct, owner: Owner, orderId: string): Promise<void> => {
  const { revision } = await readOrder(owner.customer, orderId);
  const wish = { orderId, revision, amountKrw: null, reason: 'goodwill', confirmation: orderId };
  await call(product.admin.functions, refundOrder, wish);
};

const legacyCsv = [
  'documentId,tenantId,name,amountKrw,status,title,dueAt,paidUntil,phone',
  'doc-paid,tenant-a,Acme,55000,due,11월 사용료,2026-12-01,2026-11-30,010-2345-6789',
  'doc-link,tenant-a,Acme,66000,due,12월 사용료,2027-01-01,,010-2345-6789',
  'doc-void,tenant-b,Bell,70000,void,,,,',
].join('\n');

const billLegacy = async (product: TestProduct): Promise<void> => {
  const { functions, rows } = product.admin;
  const body = { format: 'csv' as const, text: legacyCsv, dryRun: false };
  const taken = await call(functions, importBilling, body);
  if (taken.refused.length > 0) throw new Error(JSON.stringify(taken.refused));
  // As the legacy system itself kept one: without a tenant, its id is the tenant's.
  const data = { name: 'Before', priceKrw: 33_000, status: 'active' };
  await rows.createRow({ databaseId, tableId: 'tenant_billing', rowId: 'tenant-old', data });
  const wish = { amountKrw: 55_000, texts: false };
  const { payUrl } = await call(functions, makePayLink, { ...wish, documentId: 'doc-paid' });
  await payByCard(payUrl ?? '');
  const texted = { documentId: 'doc-link', amountKrw: 66_000, texts: true };
  await call(functions, makePayLink, texted);
  await eventually(
    async () => {
      await product.sweep();
      return call(functions, lookUpBilling, { tenantId: 'tenant-a' });
    },
    ({ documents }) => documents.some(({ state }) => state === 'paid'),
    settlingMs,
  );
};

const deleteOne = async (product: TestProduct): Promise<void> => {
  const { functions, email } = await product.newMember();
  await call(functions, deleteAccount, { email, password });
};

/** `settings`: what an operator writes there, and what a deploy notes. */
const writeSettings = async (product: TestProduct): Promise<void> => {
  const data = { value: JSON.stringify({ promisedMinutes: 90, graceMinutes: 720 }) };
  await product.admin.rows.createRow({ databaseId, tableId: 'settings', rowId: 'promise', data });
  const folder = mkdtempSync(join(tmpdir(), 'save-rows-'));
  const file = join(folder, '.env');
  const { internalApiUrl, projectId } = product.world;
  const access = { APPWRITE_ENDPOINT: internalApiUrl, APPWRITE_PROJECT_ID: projectId };
  const values = { ...access, APPWRITE_API_KEY: product.secrets.appwriteKey };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  execFileSync(process.execPath, [join(root, 'ops/cli/migrate.ts'), '--env', file]);
  rmSync(folder, { recursive: true });
};

/** Rows of one kind look alike; these columns tell kinds apart. */
const kindOf = (table: string, row: AnyRow): string => {
  const { $id, kind, state, status, actor } = row;
  const own = table === 'settings' || table === 'tenant_billing' ? $id : '';
  return [kind, state, status, actor === 'payapp' ? actor : '', own].map(String).join(' ');
};

const systemColumns = new Set(['$sequence', '$databaseId', '$tableId']);
const asSaved = (row: AnyRow): AnyRow =>
  Object.fromEntries(
    Object.entries(row).filter(([name]) => !systemColumns.has(name)),
  ) as unknown as AnyRow;

type Saved = Record<string, AnyRow[]>;

const addNewKinds = async (product: TestProduct, saved: Saved): Promise<void> => {
  for (const table of Object.keys(tables) as TableId[]) {
    const kept = (saved[table] ??= []);
    const kinds = new Set(kept.map((row) => kindOf(table, row)));
    for (const row of await product.admin.list(table)) {
      const kind = kindOf(table, row);
      if (!kinds.has(kind)) kept.push(asSaved(row));
      kinds.add(kind);
    }
  }
};

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};
const file = join(import.meta.dirname, 'rows', `${version}.json`);
const saved = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Saved;
const product = await startTestProduct();
try {
  const owner = await product.newOwner();
  const wish = { name: 'Saved', within: provisioningMs };
  const { orderId } = await step('Selling a runtime', () => makeReady(product, owner, wish));
  const guest = { workspaceId: owner.workspaceId, email: 'guest@example.com' };
  await call(owner.customer.functions, inviteMember, { ...guest, role: 'billing' });
  await step('Billing a legacy tenant', () => billLegacy(product));
  const { runtimeId } = await readOrder(owner.customer, orderId);
  await step('Agreeing to be charged each month', async () => {
    const { functions } = owner.customer;
    const { offer } = await call(functions, showAutopay, { runtimeId });
    if (offer === null) throw new Error('nothing to agree to');
    const phone = '010-1234-5678';
    await call(functions, startAutopay, { runtimeId, phone, agreed: offer });
  });
  await step('Asking for text messages', async () => {
    const { functions } = owner.customer;
    await call(functions, chooseRenewalTexts, { runtimeId, phone: '010-1234-5678' });
  });
  await step('Receiving another amount', () => payOtherAmount(product, owner));
  await step('Deleting an account', () => deleteOne(product));
  await writeSettings(product);
  await addNewKinds(product, saved);
  // What is `fulfilled` and `ready` is saved above; now it becomes something else.
  await step('Giving the money back', () => refund(product, owner, orderId));
  await addNewKinds(product, saved);
} finally {
  await product.close();
}
const empty = Object.keys(tables).filter((table) => (saved[table] ?? []).length === 0);
if (empty.length > 0) throw new Error(`no row was saved of ${empty.join(', ')}`);
writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
process.stdout.write(`${file}: rows of ${String(Object.keys(saved).length)} tables\n`);
