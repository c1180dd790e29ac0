/**
 * Takes over one piece of a file of legacy documents. Key: the document id, so a piece sent twice, or
 * again after half of it, is taken once. A dry run judges the same way and writes nothing.
 */
import { documentStateOf, tenantIdOf } from '#core/billing/document.ts';
import { readImport } from '#core/billing/import.ts';
import type { ImportedDocument } from '#core/billing/import.ts';
import type { BillingDeps } from '#app/billing/change-request.ts';
import { rowsById } from '#app/pages.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import type { Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  importBilling as importOperation,
  ImportRefusal,
} from '#schemas/contract/operator-billing.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { hasLiveLink } from './pay-links.ts';

type Report = ValueOf<typeof importOperation>;
type Fate = 'added' | 'changed' | 'unchanged' | ImportRefusal;

/** Whose history every import is told in. */
export const importSubject = 'audit-billing-import';

export const importBilling = async (
  deps: BillingDeps,
  actor: string,
  { format, text, dryRun }: BodyOf<typeof importOperation>,
): Promise<Result<Report>> => {
  const records = readImport(format, text);
  if (records === null) return fail('import_unreadable', { field: 'text' });
  const ids = records.flatMap((read) =>
    read.kind === 'document' ? [read.document.documentId] : [],
  );
  const known = await rowsById(deps.store, 'tenant_billing', ids);
  const counts = { added: 0, changed: 0, unchanged: 0 };
  const refused: Report['refused'] = [];
  for (const [index, read] of records.entries()) {
    const documentId = read.kind === 'document' ? read.document.documentId : read.documentId;
    const fate =
      read.kind === 'document'
        ? await take(deps, read.document, { row: known.get(read.document.documentId), dryRun })
        : read.code;
    if (fate === 'added' || fate === 'changed' || fate === 'unchanged') counts[fate] += 1;
    else refused.push({ record: index + 1, documentId, code: fate });
  }
  const report = { dryRun, ...counts, refused };
  if (!dryRun && counts.added + counts.changed > 0) await audit(deps, actor, report);
  return succeed(report);
};

const columnsOf = (document: ImportedDocument) => ({
  name: document.name,
  priceKrw: document.amountKrw,
  status: document.status as string,
  paidUntil: document.paidUntil,
  tenantId: document.tenantId,
  title: document.title,
  dueAt: document.dueAt,
  phone: document.phone,
});

const take = async (
  deps: BillingDeps,
  document: ImportedDocument,
  { row, dryRun }: { readonly row: Stored<'tenant_billing'> | undefined; readonly dryRun: boolean },
): Promise<Fate> => {
  const columns = columnsOf(document);
  if (row === undefined) return dryRun ? 'added' : add(deps, document.documentId, columns);
  if (isSame(row, columns)) return 'unchanged';
  const movesMoney =
    row.priceKrw !== columns.priceKrw ||
    tenantIdOf(row) !== columns.tenantId ||
    documentStateOf(row) !== columns.status;
  if (movesMoney && row.paidAt !== null) return 'document_settled';
  if (movesMoney && (await hasLiveLink(deps.store, row))) return 'document_has_link';
  if (dryRun) return 'changed';
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('tenant_billing', target, columns);
  return outcome === 'updated' ? 'changed' : 'changed_meanwhile';
};

type Columns = ReturnType<typeof columnsOf>;

const add = async (deps: BillingDeps, documentId: string, columns: Columns): Promise<Fate> => {
  const data: RowOf<'tenant_billing'> = {
    ...columns,
    requestId: null,
    paidAt: null,
    paidRequestId: null,
  };
  const outcome = await deps.store.create('tenant_billing', documentId, {
    data,
    readers: 'functions',
  });
  return outcome === 'created' ? 'added' : 'changed_meanwhile';
};

/** Stores give times back in a notation of their own. */
const isSame = (row: Stored<'tenant_billing'>, columns: Columns): boolean => {
  const sameTime = (a: string | null, b: string | null): boolean =>
    a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
  return (
    row.name === columns.name &&
    row.priceKrw === columns.priceKrw &&
    documentStateOf(row) === columns.status &&
    tenantIdOf(row) === columns.tenantId &&
    row.title === columns.title &&
    row.phone === columns.phone &&
    sameTime(row.dueAt, columns.dueAt) &&
    sameTime(row.paidUntil, columns.paidUntil)
  );
};

const audit = async (deps: BillingDeps, actor: string, report: Report): Promise<void> => {
  const { added, changed, refused } = report;
  const detail = { added, changed, refused: refused.length };
  await appendTimeline(deps, {
    subjectId: importSubject,
    kind: 'billing.imported',
    detail,
    actor,
    at: deps.clock.now(),
    readers: 'functions',
  });
  deps.log.info('billing.imported', { ...detail, actor });
};
