/**
 * Pay links over what a legacy document asks for: made, texted by PayApp, killed. The row is written
 * and claimed by the document before PayApp is called, so that a double click or two operators make
 * one link, and no line that dies leaves a link nobody knows of. Key: the document's newest request.
 */
import {
  billingRequestIdOf,
  documentStateOf,
  documentTitleOf,
  tenantIdOf,
} from '#core/billing/document.ts';
import { decideBilling, isLiveRequest } from '#core/billing/machine.ts';
import type { BillingEvent } from '#core/billing/machine.ts';
import { normalisePhone } from '#core/money/phone.ts';
import type { BillingDeps, RequestChanges, StoredRequest } from '#app/billing/change-request.ts';
import { changeRequest, recordRequest } from '#app/billing/change-request.ts';
import { refusalsOf } from '#app/checkout/refusals.ts';
import type { PaymentRequestOutcome, Payments } from '#ports/payments.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  cancelPayLink as cancelOperation,
  makePayLink as makeOperation,
} from '#schemas/contract/operator-billing.ts';
import { requestView } from './views.ts';

export interface PayLinkDeps extends BillingDeps {
  readonly payments: Pick<Payments, 'request' | 'cancelIfUnpaid'>;
}

type Document = Stored<'tenant_billing'>;
type Answer = Promise<Result<ValueOf<typeof makeOperation>>>;

/** PayApp wants a number even where it texts nobody; shops send this one. */
const nobodysPhone = '01000000000';
const shownDigits = 4;

export const makePayLink = async (
  deps: PayLinkDeps,
  actor: string,
  body: BodyOf<typeof makeOperation>,
): Answer => {
  const document = await deps.store.get('tenant_billing', body.documentId);
  if (document === null) return fail('document_unknown', { field: 'documentId' });
  if (documentStateOf(document) !== 'due') return fail('document_not_due');
  if (document.priceKrw !== body.amountKrw) return fail('stale_revision', { field: 'amountKrw' });
  const phone = phoneOf(document, body);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });
  if (await hasLiveLink(deps.store, document)) return fail('billing_link_open');
  const request = await claim(deps, document, actor);
  if (request === null) return fail('stale_revision');
  const outcome = await deps.payments.request({
    orderId: request.id,
    goodName: request.title,
    priceKrw: request.amountKrw,
    phone,
    texts: body.texts,
    withoutAccount: true,
  });
  return note(deps, request, { outcome, actor, textedTo: body.texts ? phone : null });
};

const phoneOf = (document: Document, body: BodyOf<typeof makeOperation>): string | null => {
  if (body.phone !== undefined) return normalisePhone(body.phone);
  return body.texts ? document.phone : nobodysPhone;
};

export const hasLiveLink = async (store: Store, document: Document): Promise<boolean> => {
  if (document.requestId === null) return false;
  const request = await store.get('billing_requests', document.requestId);
  return request !== null && isLiveRequest(request.state);
};

/** The row first, then the document's word for it: whoever loses the race takes its row away. */
const claim = async (
  deps: PayLinkDeps,
  document: Document,
  actor: string,
): Promise<StoredRequest | null> => {
  const requestId = billingRequestIdOf(deps.ids.newId());
  await deps.store.create('billing_requests', requestId, {
    data: {
      documentId: document.id,
      tenantId: tenantIdOf(document),
      title: documentTitleOf(document),
      amountKrw: document.priceKrw,
      state: 'requested',
      mulNo: null,
      payUrl: null,
      failureCode: null,
      textedTo: null,
      createdBy: actor,
      changedBy: actor,
      changedFor: null,
      paidAt: null,
      paidKrw: null,
      payType: null,
      receiptUrl: null,
    },
    readers: 'functions',
  });
  const target = { id: document.id, version: document.version };
  if ((await deps.store.update('tenant_billing', target, { requestId })) !== 'updated') {
    await deps.store.delete('billing_requests', requestId);
    return null;
  }
  const request = await deps.store.get('billing_requests', requestId);
  if (request !== null) await recordRequest(deps, request);
  return request;
};

interface Noted {
  readonly outcome: PaymentRequestOutcome;
  readonly actor: string;
  readonly textedTo: string | null;
}

/** PayApp's notice may have come before its answer: then the state it brought stays. */
const note = async (deps: PayLinkDeps, request: StoredRequest, noted: Noted): Answer => {
  const { outcome, actor } = noted;
  const refusal = outcome.kind === 'opened' ? null : refusalsOf[outcome.reason ?? 'timeout'];
  const event = eventOf(outcome);
  const changed = await changeRequest(deps, request.id, {
    actor,
    decide: (row) => {
      const arrow = decideBilling(row.state, event);
      const told: RequestChanges =
        outcome.kind === 'opened'
          ? linkOf(row, outcome, noted.textedTo)
          : { failureCode: refusal?.code ?? null };
      return arrow.kind === 'move' ? { ...told, state: arrow.to } : told;
    },
  });
  if (changed === null) return fail('billing_request_unknown');
  if (outcome.kind === 'opened') {
    // Somebody withdrew it while PayApp was still making it.
    if (changed.state === 'cancelled') await deps.payments.cancelIfUnpaid(outcome.mulNo);
    return succeed(requestView(changed));
  }
  const code = refusal?.code ?? 'internal';
  deps.log.warn('billing.not_opened', { requestId: request.id, code });
  return fail(code);
};

const eventOf = ({ kind }: PaymentRequestOutcome): BillingEvent => {
  switch (kind) {
    case 'opened':
      return 'link_opened';
    case 'refused':
      return 'request_refused';
    case 'unknown':
      return 'request_silent';
  }
};

const linkOf = (
  row: StoredRequest,
  opened: Extract<PaymentRequestOutcome, { readonly kind: 'opened' }>,
  textedTo: string | null,
): RequestChanges => ({
  mulNo: row.mulNo ?? opened.mulNo,
  payUrl: opened.payUrl,
  failureCode: null,
  textedTo: textedTo === null ? null : textedTo.slice(-shownDigits),
});

export const cancelPayLink = async (
  deps: PayLinkDeps,
  actor: string,
  { requestId, reason }: BodyOf<typeof cancelOperation>,
): Answer => {
  const request = await deps.store.get('billing_requests', requestId);
  if (request === null) return fail('billing_request_unknown', { field: 'requestId' });
  if (request.state === 'cancelled') return succeed(requestView(request));
  if (!isLiveRequest(request.state)) return fail('billing_not_cancellable');
  if (request.mulNo !== null) {
    const killed = await deps.payments.cancelIfUnpaid(request.mulNo);
    if (killed === 'refused') return fail('billing_possibly_paid');
    if (killed === 'unknown') return fail('payment_provider_unavailable');
  }
  const changed = await changeRequest(deps, requestId, {
    actor,
    reason,
    decide: ({ state }) => {
      const arrow = decideBilling(state, 'withdrawn');
      return arrow.kind === 'move' ? { state: arrow.to } : null;
    },
  });
  return changed === null ? fail('billing_request_unknown') : succeed(requestView(changed));
};
