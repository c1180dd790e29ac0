/** Rows of legacy billing as an operator reads them. No phone number leaves here. */
import { documentStateOf, documentTitleOf } from '#core/billing/document.ts';
import type { Stored } from '#ports/store.ts';
import type {
  BillingDocumentView,
  BillingRequestView,
} from '#schemas/contract/operator-billing.ts';

export const documentView = (row: Stored<'tenant_billing'>): BillingDocumentView => ({
  documentId: row.id,
  title: documentTitleOf(row),
  amountKrw: row.priceKrw,
  state: documentStateOf(row),
  dueAt: row.dueAt,
  paidUntil: row.paidUntil,
  paidAt: row.paidAt,
  hasPhone: row.phone !== null,
});

export const requestView = (row: Stored<'billing_requests'>): BillingRequestView => ({
  requestId: row.id,
  documentId: row.documentId,
  amountKrw: row.amountKrw,
  state: row.state,
  payUrl: row.state === 'link' ? row.payUrl : null,
  mulNo: row.mulNo,
  failureCode: row.failureCode,
  textedTo: row.textedTo,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
  paidAt: row.paidAt,
  paidKrw: row.paidKrw,
  receiptUrl: row.receiptUrl,
});
