/** What a legacy document says, in the words of today. Pure; rows of before are read as they are. */
import type { BillingDocumentState } from '#schemas/contract/vocabulary.ts';

/** The installation's own payment counts before any word of the legacy system. */
export const documentStateOf = (row: {
  readonly status: string;
  readonly paidAt: string | null;
}): BillingDocumentState => {
  if (row.paidAt !== null || row.status === 'paid') return 'paid';
  return row.status === 'void' ? 'void' : 'due';
};

/** A row of before stands for its tenant. */
export const tenantIdOf = (row: {
  readonly id: string;
  readonly tenantId: string | null;
}): string => row.tenantId ?? row.id;

export const documentTitleOf = (row: {
  readonly name: string;
  readonly title: string | null;
}): string => (row.title ?? row.name).slice(0, titleLength);

/** PayApp's product name. */
export const titleLength = 50;

const requestPrefix = 'bill-';

/** 25 characters, so that its history fits an Appwrite id; no order's id begins so. */
export const billingRequestIdOf = (newId: string): string => `${requestPrefix}${newId}`;
export const isBillingRequestId = (id: string): boolean => id.startsWith(requestPrefix);
