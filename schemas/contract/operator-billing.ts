/** operator: what legacy tenants owe, their pay links, and the import of their documents. */
import * as z from 'zod/mini';
import { id, isoTime, priceKrw } from './common.ts';
import { operation } from './operation.ts';
import { billingDocumentStates, billingRequestStates } from './vocabulary.ts';

const documentView = z.object({
  documentId: id,
  title: z.string(),
  amountKrw: priceKrw,
  state: z.enum(billingDocumentStates),
  dueAt: z.nullable(isoTime),
  /** As the legacy system said it; a payment settles the document and moves no date. */
  paidUntil: z.nullable(isoTime),
  paidAt: z.nullable(isoTime),
  /** A phone is on file, so that PayApp can text a link. */
  hasPhone: z.boolean(),
});
export type BillingDocumentView = z.infer<typeof documentView>;

const requestView = z.object({
  requestId: id,
  documentId: id,
  amountKrw: priceKrw,
  state: z.enum(billingRequestStates),
  /** Only while it may be paid. */
  payUrl: z.nullable(z.string()),
  mulNo: z.nullable(z.string()),
  failureCode: z.nullable(z.string()),
  textedTo: z.nullable(z.string()),
  createdAt: isoTime,
  createdBy: z.string(),
  paidAt: z.nullable(isoTime),
  paidKrw: z.nullable(priceKrw),
  receiptUrl: z.nullable(z.string()),
});
export type BillingRequestView = z.infer<typeof requestView>;

/** A legacy tenant's documents and every pay link made for them, both newest first. */
export const lookUpBilling = operation({
  function: 'operator',
  path: '/billing/look-up',
  body: z.object({ tenantId: id }),
  value: z.object({
    tenantId: id,
    name: z.string(),
    documents: z.array(documentView),
    requests: z.array(requestView),
  }),
});

/**
 * Asks PayApp for a link over what the document asks for. `amountKrw`: what the operator saw; where
 * the document says something else by now it is refused as stale. `texts`: PayApp texts the link, to
 * `phone` or to the one on file.
 */
export const makePayLink = operation({
  function: 'operator',
  path: '/billing/link',
  body: z.object({
    documentId: id,
    amountKrw: priceKrw,
    texts: z._default(z.boolean(), false),
    phone: z.optional(z.string().check(z.maxLength(20))),
  }),
  value: requestView,
});

/** Kills a link that nobody has paid; one whose number PayApp never told is only struck off. */
export const cancelPayLink = operation({
  function: 'operator',
  path: '/billing/cancel-link',
  body: z.object({
    requestId: id,
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
  }),
  value: requestView,
});

export const importFormats = ['csv', 'json'] as const;
/** Of one piece; a file is sent piece by piece. */
export const importTextAtMost = 24_000;
export const importRecordsAtMost = 100;

/** Why a record was not taken. */
export const importRefusals = [
  'not_a_record',
  'document_id_invalid',
  'tenant_id_invalid',
  'name_invalid',
  'title_invalid',
  'amount_invalid',
  'status_unknown',
  'time_invalid',
  'phone_invalid',
  /** The same document stands earlier in this piece. */
  'duplicate_record',
  /** It is paid here: what settled it stays as it was. */
  'document_settled',
  /** A link over the amount it had can still be paid. */
  'document_has_link',
  /** Somebody else changed it meanwhile: send the piece again. */
  'changed_meanwhile',
] as const;
export type ImportRefusal = (typeof importRefusals)[number];

/**
 * Takes legacy documents over, by document id: sent twice is taken once. `dryRun` writes nothing and
 * answers the same report. CSV needs its header in every piece, JSON is an array or one record a line.
 * Columns: documentId, tenantId, name, amountKrw, status, title, dueAt, paidUntil, phone.
 */
export const importBilling = operation({
  function: 'operator',
  path: '/billing/import',
  body: z.object({
    format: z.enum(importFormats),
    text: z.string().check(z.minLength(1), z.maxLength(importTextAtMost)),
    dryRun: z._default(z.boolean(), true),
  }),
  value: z.object({
    dryRun: z.boolean(),
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    /** `record`: 1 = the first of this piece. */
    refused: z.array(
      z.object({
        record: z.int(),
        documentId: z.nullable(z.string()),
        code: z.enum(importRefusals),
      }),
    ),
  }),
});
