/**
 * What is compared with: a payment webhook in the shape of the usual template, with the server SDK.
 * Look up the order, list whether it was seen, create, update the order, answer. It checks the keys
 * and nothing else, and it doubles what comes twice at once.
 */
import { Client, ID, Query, TablesDB } from 'node-appwrite';

interface Context {
  readonly req: {
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly bodyText: string;
  };
  readonly res: { text(body: string, status?: number): unknown };
  readonly log: (line: string) => void;
}

const databaseId = 'main';
const payments = { databaseId, tableId: 'bench_payments' };
const orders = { databaseId, tableId: 'orders' };

const isOurs = (body: URLSearchParams): boolean =>
  body.get('userid') === process.env['PAYAPP_USERID'] &&
  body.get('linkkey') === process.env['PAYAPP_LINKKEY'] &&
  body.get('linkval') === process.env['PAYAPP_LINKVAL'];

export default async ({ req, res, log }: Context): Promise<unknown> => {
  const body = new URLSearchParams(req.bodyText);
  if (!isOurs(body)) return res.text('FAIL', 403);
  const field = (name: string): string => body.get(name) ?? '';
  const client = new Client()
    .setEndpoint(process.env['APPWRITE_FUNCTION_API_ENDPOINT'] ?? '')
    .setProject(process.env['APPWRITE_FUNCTION_PROJECT_ID'] ?? '')
    .setKey(req.headers['x-appwrite-key'] ?? '');
  const rows = new TablesDB(client);

  const order = await rows.getRow({ ...orders, rowId: field('var1') });
  if (String(order['priceKrw']) !== field('price')) return res.text('FAIL', 400);
  const { total } = await rows.listRows({
    ...payments,
    queries: [Query.equal('mulNo', field('mul_no')), Query.equal('payDate', field('pay_date'))],
  });
  if (total > 0) return res.text('SUCCESS');
  const data = {
    orderId: order.$id,
    mulNo: field('mul_no'),
    payState: field('pay_state'),
    payDate: field('pay_date'),
    priceKrw: Number(field('price')),
  };
  await rows.createRow({ ...payments, rowId: ID.unique(), data });
  const paidAt = new Date().toISOString();
  await rows.updateRow({ ...orders, rowId: order.$id, data: { paidAt } });
  log(`payment ${data.mulNo} stored`);
  return res.text('SUCCESS');
};
