/** Tables of the legacy tenants, who are billed by hand. */
import { billingRequestStates } from '../contract/vocabulary.ts';
import { idText, integer, key, oneOf, optional, table, text, time } from './define.ts';

/**
 * Billing documents of legacy tenants, who are billed by hand. Row id = the document's; a row of
 * before has no `tenantId`: it is the one document of the tenant whose id the row has.
 */
export const tenantBilling = table(
  'tenant_billing',
  {
    name: text(64),
    /** What the document asks for. */
    priceKrw: integer(1_000, 100_000_000),
    /** `due`, `paid` or `void`; any other word of before counts as due. */
    status: text(32),
    /** As the legacy system said it; no payment here moves it. */
    paidUntil: optional(time()),
    tenantId: optional(idText()),
    /** What is billed, as the payer reads it. */
    title: optional(text(50)),
    dueAt: optional(time()),
    /** Digits; where PayApp texts a link to. */
    phone: optional(text(11)),
    /** Newest pay link made for it. */
    requestId: optional(idText()),
    paidAt: optional(time()),
    /** The link whose payment settled it. */
    paidRequestId: optional(idText()),
  },
  { byTenant: key('tenantId') },
);

/** Pay links for legacy documents. Row id = `bill-` and 20 hex digits: never the id of an order. */
export const billingRequests = table(
  'billing_requests',
  {
    documentId: idText(),
    tenantId: idText(),
    title: text(50),
    amountKrw: integer(1_000, 100_000_000),
    state: oneOf(billingRequestStates),
    mulNo: optional(text(20)),
    payUrl: optional(text(512)),
    failureCode: optional(text(64)),
    /** Last four digits of the phone PayApp texted the link to. */
    textedTo: optional(text(4)),
    createdBy: text(64),
    /** Who made it what it is, and why: whoever writes the history later writes this. */
    changedBy: text(64),
    changedFor: optional(text(200)),
    paidAt: optional(time()),
    paidKrw: optional(integer(0, 9_999_999_999)),
    payType: optional(text(8)),
    receiptUrl: optional(text(512)),
  },
  { byDocument: key('documentId'), byTenant: key('tenantId'), byMulNo: key('mulNo') },
);
