/** PayApp's recurring payments in memory: registered, approved by the payer, charged when told to. */
import type {
  NoticeFields,
  RecurringCancelOutcome,
  RecurringOutcome,
  RecurringRequest,
} from '#ports/payments.ts';

interface Rebill extends RecurringRequest {
  state: 'registered' | 'approved' | 'cancelled';
}

interface Charge {
  readonly rebillNo: string;
  readonly priceKrw: number;
  readonly payDate: string;
}

type Answer = 'lost' | 'refused' | 'never_made';

const koreaMs = 9 * 3_600_000;
const koreanTime = (at: Date): string =>
  new Date(at.getTime() + koreaMs).toISOString().slice(0, 19).replace('T', ' ');

export class MemoryRecurring {
  readonly all = new Map<string, Rebill>();
  /** Next answers, in order; afterwards everything is answered. */
  readonly answers: Answer[] = [];
  readonly cancelAnswers: Answer[] = [];
  readonly #pay: (autopayId: string, charge: Charge) => NoticeFields;

  constructor(pay: (autopayId: string, charge: Charge) => NoticeFields) {
    this.#pay = pay;
  }

  register(request: RecurringRequest): RecurringOutcome {
    const answer = this.answers.shift();
    if (answer === 'never_made') return { kind: 'unknown', reason: 'timeout' };
    if (answer === 'refused') return { kind: 'refused', reason: 'not_permitted' };
    const rebillNo = String(900_001 + this.all.size);
    this.all.set(rebillNo, { ...request, state: 'registered' });
    if (answer === 'lost') return { kind: 'unknown', reason: 'timeout' };
    return { kind: 'opened', rebillNo, payUrl: `https://pay.example/r/${rebillNo}` };
  }

  /** A second time PayApp may refuse: it says nothing about why. */
  cancel(rebillNo: string): RecurringCancelOutcome {
    const answer = this.cancelAnswers.shift();
    const rebill = this.all.get(rebillNo);
    if (answer === 'never_made') return 'unknown';
    if (answer === 'refused' || rebill === undefined || rebill.state === 'cancelled') {
      return 'refused';
    }
    rebill.state = 'cancelled';
    return answer === 'lost' ? 'unknown' : 'cancelled';
  }

  only(): string {
    const [rebillNo] = this.all.keys();
    if (rebillNo === undefined) throw new Error('nothing is registered');
    return rebillNo;
  }

  /** The payer approves (the first time), or PayApp charges; whether or not it should. */
  charge(
    rebillNo: string,
    at: Date,
    priceKrw?: number,
  ): { readonly autopayId: string; readonly notice: NoticeFields } {
    const rebill = this.all.get(rebillNo);
    if (rebill === undefined) throw new Error(`${rebillNo} is not registered`);
    if (rebill.state === 'registered') rebill.state = 'approved';
    const payDate = koreanTime(at);
    const price = priceKrw ?? rebill.priceKrw;
    const notice = this.#pay(rebill.autopayId, { rebillNo, priceKrw: price, payDate });
    return { autopayId: rebill.autopayId, notice };
  }
}
