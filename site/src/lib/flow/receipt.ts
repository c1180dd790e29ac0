/** The receipt as it stands on the row; null when there is none or it cannot be read. */
import { receiptView } from '#schemas/contract/rows.ts';
import type { ReceiptView, RuntimeRow } from '#schemas/contract/rows.ts';

export const receiptOf = (runtime: RuntimeRow): ReceiptView | null => {
  if (runtime.receipt === null) return null;
  try {
    const parsed = receiptView.safeParse(JSON.parse(runtime.receipt));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
