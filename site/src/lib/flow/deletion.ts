/** How the deletion of a runtime stands, from its row alone. Pure. */
import { deletionView } from '#schemas/contract/deletion.ts';
import type { DeletionReceipt, DeletionView } from '#schemas/contract/deletion.ts';
import type { RuntimeRow } from '#schemas/contract/rows.ts';

/** early: it has not come up yet. leaving: kept until its date. going: no way back any more. */
export type DeletionState = 'possible' | 'early' | 'leaving' | 'going' | 'gone';

type Row = Pick<RuntimeRow, 'status' | 'receipt' | 'deletesAt' | 'deletion'>;

export const deletionStateOf = ({ status, receipt, deletesAt }: Row): DeletionState => {
  if (status === 'deleted') return 'gone';
  if (deletesAt !== null) return 'leaving';
  if (status === 'deleting') return 'going';
  const isEarly = receipt === null && (status === 'provisioning' || status === 'failed');
  return isEarly ? 'early' : 'possible';
};

/** Null: nobody asked, or it was deleted before that was written down. */
export const deletionOf = ({ deletion }: Pick<Row, 'deletion'>): DeletionView | null => {
  if (deletion === null) return null;
  try {
    return deletionView.safeParse(JSON.parse(deletion)).data ?? null;
  } catch {
    return null;
  }
};

/** As the functions took it: of the receipt as it stands in the row. */
export const digestOf = async (receipt: DeletionReceipt): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(receipt));
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
