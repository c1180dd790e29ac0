/** One small working world for use cases: rows, accounts, teams, PayApp, a clock one can turn. */
import type { Account, Accounts, Teams } from '#ports/accounts.ts';
import type { NoticeFields, PaymentRequestOutcome, Payments } from '#ports/payments.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { recordNotice } from '#app/payapp/record-notice.ts';
import { succeed } from '#schemas/contract/errors.ts';
import { MemoryStore } from './memory-store.ts';

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class TestClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 23, 9);
  now(): Date {
    return new Date(this.#nowMs);
  }
  advance(ms: number): void {
    this.#nowMs += ms;
  }
  /** Lets everyone else go on; time itself moves only by `advance`. */
  async sleep(): Promise<void> {
    await breath();
  }
}

export class MemoryAccounts implements Accounts {
  readonly all = new Map<string, Account & { readonly password: string }>();

  async create(account: {
    readonly userId: string;
    readonly email: string;
    readonly password: string;
    readonly name: string;
  }): ReturnType<Accounts['create']> {
    await breath();
    const taken = [...this.all.values()].some((other) => other.email === account.email);
    if (taken || this.all.has(account.userId)) return succeed('exists');
    this.all.set(account.userId, { ...account, labels: [] });
    return succeed('created');
  }

  async get(userId: string): Promise<Account | null> {
    await breath();
    return this.all.get(userId) ?? null;
  }
}

export class MemoryTeams implements Teams {
  readonly all = new Map<string, Map<string, 'owner' | 'member' | 'billing'>>();

  async ensure(team: { readonly teamId: string; readonly ownerId: string }): Promise<void> {
    await breath();
    const members = this.all.get(team.teamId) ?? new Map<string, 'owner'>();
    this.all.set(team.teamId, members.set(team.ownerId, 'owner'));
  }

  async roleOf(teamId: string, userId: string): Promise<'owner' | 'member' | 'billing' | null> {
    await breath();
    return this.all.get(teamId)?.get(userId) ?? null;
  }
}

interface PayRequest {
  readonly orderId: string;
  readonly priceKrw: number;
  state: 'open' | 'paid' | 'dead' | 'refunded';
}

/** Requests live here whether or not their answer reached us. */
export class MemoryPayApp implements Payments {
  readonly requests = new Map<string, PayRequest>();
  /** Every notice PayApp would send, oldest first; delivering them is the test's business. */
  readonly mail: { readonly orderId: string; readonly notice: NoticeFields }[] = [];
  /** Next answers, in order; afterwards every request is answered. */
  readonly answers: ('lost' | 'refused' | 'never_made')[] = [];
  /** Called inside the request, before its answer, as PayApp's state-1 notice comes. */
  whileRequesting: (mulNo: string) => Promise<void> = async () => breath();
  reachable = true;

  async request(request: {
    readonly orderId: string;
    readonly priceKrw: number;
  }): Promise<PaymentRequestOutcome> {
    await breath();
    const answer = this.answers.shift();
    if (answer === 'never_made' || !this.reachable) return { kind: 'unknown' };
    if (answer === 'refused') return { kind: 'refused', reason: 'feedback_unreachable' };
    const mulNo = String(1_760_000_000_001 + this.requests.size);
    const { orderId, priceKrw } = request;
    this.requests.set(mulNo, { orderId, priceKrw, state: 'open' });
    this.#tell(mulNo, '1');
    await this.whileRequesting(mulNo);
    if (answer === 'lost') return { kind: 'unknown' };
    return { kind: 'opened', mulNo, payUrl: `https://pay.example/p/${mulNo}` };
  }

  async cancelIfUnpaid(mulNo: string): ReturnType<Payments['cancelIfUnpaid']> {
    await breath();
    if (!this.reachable) return 'unknown';
    const request = this.requests.get(mulNo);
    if (request?.state !== 'open') return 'refused';
    request.state = 'dead';
    this.#tell(mulNo, '8');
    return 'unpaid_and_dead';
  }

  pay(mulNo: string): NoticeFields {
    const request = this.requests.get(mulNo);
    if (request?.state !== 'open') throw new Error(`${mulNo} cannot be paid`);
    request.state = 'paid';
    return this.#tell(mulNo, '4');
  }

  refund(mulNo: string): NoticeFields {
    const request = this.requests.get(mulNo);
    if (request?.state !== 'paid') throw new Error(`${mulNo} cannot be refunded`);
    request.state = 'refunded';
    return this.#tell(mulNo, '9');
  }

  #tell(mulNo: string, payState: string): NoticeFields {
    const { orderId = '', priceKrw } = this.requests.get(mulNo) ?? {};
    const notice = noticeOf(mulNo, payState, priceKrw);
    this.mail.push({ orderId, notice });
    return notice;
  }
}

export const noticeOf = (mulNo: string, payState: string, priceKrw = 39_000): NoticeFields => ({
  mulNo,
  payState,
  payType: '1',
  priceKrw,
  payDate: payState === '4' ? '2026-11-23 18:00:00' : '',
  cancelDate: '',
  currency: 'krw',
  receiptUrl: payState === '4' ? `https://pay.example/c/${mulNo}` : null,
});

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
export const noFaults: FaultPoint = { reach: async () => {} };

export interface World {
  readonly store: MemoryStore;
  readonly accounts: MemoryAccounts;
  readonly teams: MemoryTeams;
  readonly payments: MemoryPayApp;
  readonly clock: TestClock;
  readonly ids: Ids;
  readonly log: Log;
  readonly faults: FaultPoint;
  readonly runtimeDomain: string;
}

export const makeWorld = (): World => ({
  store: new MemoryStore(),
  accounts: new MemoryAccounts(),
  teams: new MemoryTeams(),
  payments: new MemoryPayApp(),
  clock: new TestClock(),
  ids: systemIds,
  log: silentLog,
  faults: noFaults,
  runtimeDomain: 'run.example',
});

/** PayApp's feedback for this order, as it arrives at the inbox. */
export const deliver = (
  world: World,
  orderId: string,
  notice: NoticeFields,
): ReturnType<typeof recordNotice> => {
  const gate = { judge: () => ({ kind: 'authentic' as const, notice }) };
  const request = { method: 'POST', orderId, token: '', contentType: '', body: '' };
  return recordNotice({ ...world, gate }, request);
};
