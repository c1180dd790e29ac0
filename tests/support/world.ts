/** One small working world for use cases: rows, accounts, teams, PayApp, a clock one can turn. */
import type { Account, Accounts, Membership, Teams } from '#ports/accounts.ts';
import type {
  NoticeFields,
  PaymentRequestOutcome,
  Payments,
  RecurringCancelOutcome,
  RecurringOutcome,
  RecurringRequest,
  RefundOutcome,
  RefundRequest,
  RefundRequestOutcome,
} from '#ports/payments.ts';
import type { Clock, FaultPoint, Ids, Log } from '#ports/system.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { recordNotice } from '#app/payapp/record-notice.ts';
import { succeed } from '#schemas/contract/errors.ts';
import { MemoryRecurring } from './recurring.ts';
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

type Role = 'owner' | 'member' | 'billing';

/** Names and addresses are those of `accounts`, where they are known. */
export class MemoryTeams implements Teams {
  readonly all = new Map<string, Map<string, Role>>();
  readonly #accounts: Pick<MemoryAccounts, 'all'> | null;

  constructor(accounts: Pick<MemoryAccounts, 'all'> | null = null) {
    this.#accounts = accounts;
  }

  async ensure(team: { readonly teamId: string; readonly ownerId: string }): Promise<void> {
    await breath();
    const members = this.all.get(team.teamId) ?? new Map<string, Role>();
    this.all.set(team.teamId, members.set(team.ownerId, members.get(team.ownerId) ?? 'owner'));
  }

  async roleOf(teamId: string, userId: string): Promise<Role | null> {
    await breath();
    return this.all.get(teamId)?.get(userId) ?? null;
  }

  async membersOf(teamId: string): ReturnType<Teams['membersOf']> {
    await breath();
    return [...(this.all.get(teamId) ?? [])].map(([userId, role]) => {
      const { email = '', name = '' } = this.#accounts?.all.get(userId) ?? {};
      return { userId, email, name, role };
    });
  }

  async join({ teamId, userId, role }: Membership): ReturnType<Teams['join']> {
    await breath();
    const members = this.all.get(teamId);
    if (members === undefined || this.#accounts?.all.has(userId) === false) return 'missing';
    if (!members.has(userId)) members.set(userId, role);
    return 'joined';
  }

  async setRole({ teamId, userId, role }: Membership): ReturnType<Teams['setRole']> {
    await breath();
    const members = this.all.get(teamId);
    if (members?.has(userId) !== true) return 'missing';
    members.set(userId, role);
    return 'set';
  }

  async remove(member: Pick<Membership, 'teamId' | 'userId'>): ReturnType<Teams['remove']> {
    await breath();
    return this.all.get(member.teamId)?.delete(member.userId) === true ? 'removed' : 'missing';
  }
}

interface PayRequest {
  readonly orderId: string;
  priceKrw: number;
  state: 'open' | 'paid' | 'dead' | 'refunded';
  /** What went back so far, and how it was asked for. */
  returnedKrw: number;
  /** Refunds that the seller still has to pay in. */
  readonly asked: RefundRequest[];
}

/** Requests live here whether or not their answer reached us. */
export class MemoryPayApp implements Payments {
  readonly requests = new Map<string, PayRequest>();
  /** Every notice PayApp would send, oldest first; delivering them is the test's business. */
  readonly mail: { readonly orderId: string; readonly notice: NoticeFields }[] = [];
  /** Next answers, in order; afterwards every request is answered. */
  readonly answers: ('lost' | 'refused' | 'never_made' | 'invalid')[] = [];
  /** Numbers that a link was texted to. */
  readonly texted: string[] = [];
  /** Next answers to refunds. lost: it happened; never_made: it did not, and nobody says so. */
  readonly refundAnswers: ('lost' | 'refused' | 'never_made' | 'credentials')[] = [];
  /** Five days passed, or the money is with the seller: only `requestRefund` is taken. */
  settled = false;
  /** Every call that asks for money back. */
  readonly refundCalls: RefundRequest[] = [];
  /** Called inside the request, before its answer, as PayApp's state-1 notice comes. */
  whileRequesting: (mulNo: string) => Promise<void> = async () => breath();
  reachable = true;
  /** What is charged by itself, once a payer approved it; the test says when. */
  readonly recurring = new MemoryRecurring((autopayId, charge) => {
    const mulNo = String(1_760_000_000_001 + this.requests.size);
    const { priceKrw } = charge;
    const paid = { orderId: autopayId, priceKrw, state: 'paid' as const, returnedKrw: 0 };
    this.requests.set(mulNo, { ...paid, asked: [] });
    const { rebillNo, payDate } = charge;
    return this.#tell(mulNo, '4', { rebillNo, payDate });
  });

  async registerRecurring(request: RecurringRequest): Promise<RecurringOutcome> {
    await breath();
    return this.reachable ? this.recurring.register(request) : silent;
  }

  async cancelRecurring(rebillNo: string): Promise<RecurringCancelOutcome> {
    await breath();
    return this.reachable ? this.recurring.cancel(rebillNo) : 'unknown';
  }

  async request(request: {
    readonly orderId: string;
    readonly priceKrw: number;
    readonly phone?: string;
    readonly texts?: boolean;
  }): Promise<PaymentRequestOutcome> {
    await breath();
    const answer = this.answers.shift();
    if (answer === 'never_made' || !this.reachable) return silent;
    if (answer === 'refused') return { kind: 'refused', reason: 'feedback_unreachable' };
    if (answer === 'invalid') return { kind: 'refused', reason: 'invalid_parameter' };
    if (request.texts === true) this.texted.push(request.phone ?? '');
    const mulNo = String(1_760_000_000_001 + this.requests.size);
    const { orderId, priceKrw } = request;
    this.requests.set(mulNo, { orderId, priceKrw, state: 'open', returnedKrw: 0, asked: [] });
    this.#tell(mulNo, '1');
    await this.whileRequesting(mulNo);
    if (answer === 'lost') return silent;
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

  /** As PayApp does: it looks at what is left, gives back at most that, and tells us too. */
  async refund(request: RefundRequest): Promise<RefundOutcome> {
    await breath();
    this.refundCalls.push(request);
    const answer = this.refundAnswers.shift();
    if (answer === 'never_made' || !this.reachable) return { kind: 'unknown' };
    if (answer === 'credentials') return { kind: 'refused', looked: false, errno: '70010' };
    if (answer === 'refused' || this.settled || !this.#canReturn(request)) return looked;
    this.#return(request);
    return answer === 'lost' ? { kind: 'unknown' } : { kind: 'refunded' };
  }

  async requestRefund(request: RefundRequest): Promise<RefundRequestOutcome> {
    await breath();
    this.refundCalls.push(request);
    const answer = this.refundAnswers.shift();
    if (answer === 'never_made' || !this.reachable) return { kind: 'unknown' };
    if (answer === 'refused' || answer === 'credentials' || !this.#canReturn(request)) {
      return looked;
    }
    this.requests.get(request.mulNo)?.asked.push(request);
    if (answer === 'lost') return { kind: 'unknown' };
    const { amountKrw } = request;
    const payback = { account: 'Example Bank 123-456', amountKrw, depositor: 'Acme' };
    return { kind: 'requested', payback };
  }

  /** The seller paid in what was asked for. */
  settleAsked(mulNo: string): void {
    const asked = this.requests.get(mulNo)?.asked.shift();
    if (asked !== undefined && this.#canReturn(asked)) this.#return(asked);
  }

  #canReturn({ mulNo, amountKrw, part }: RefundRequest): boolean {
    const request = this.requests.get(mulNo);
    if (request?.state !== 'paid') return false;
    const leftKrw = request.priceKrw - request.returnedKrw;
    return part ? amountKrw <= leftKrw : leftKrw > 0;
  }

  #return({ mulNo, amountKrw, part }: RefundRequest): void {
    const request = this.requests.get(mulNo);
    if (request === undefined) return;
    request.returnedKrw += part ? amountKrw : request.priceKrw - request.returnedKrw;
    if (request.returnedKrw === request.priceKrw) request.state = 'refunded';
    this.#refunds += 1;
    const cancelDate = `2026-11-24 00:00:${String(this.#refunds).padStart(2, '0')}`;
    this.#tell(mulNo, part ? '70' : '9', { cancelDate });
  }
  #refunds = 0;

  /** `priceKrw`: what PayApp says that was paid. */
  pay(mulNo: string, priceKrw?: number): NoticeFields {
    const request = this.requests.get(mulNo);
    if (request?.state !== 'open') throw new Error(`${mulNo} cannot be paid`);
    request.state = 'paid';
    if (priceKrw !== undefined) request.priceKrw = priceKrw;
    return this.#tell(mulNo, '4');
  }

  /** The seller gives everything back at PayApp's own page. */
  returnAll(mulNo: string): NoticeFields {
    const request = this.requests.get(mulNo);
    if (request?.state !== 'paid') throw new Error(`${mulNo} cannot be refunded`);
    request.state = 'refunded';
    request.returnedKrw = request.priceKrw;
    return this.#tell(mulNo, '9');
  }

  #tell(mulNo: string, payState: string, more: Partial<NoticeFields> = {}): NoticeFields {
    const { orderId = '', priceKrw } = this.requests.get(mulNo) ?? {};
    const notice = { ...noticeOf(mulNo, payState, priceKrw), ...more };
    this.mail.push({ orderId, notice });
    return notice;
  }
}

const silent = { kind: 'unknown', reason: 'timeout' } as const;
const looked = { kind: 'refused', looked: true, errno: '70020' } as const;

export const noticeOf = (mulNo: string, payState: string, priceKrw = 39_000): NoticeFields => ({
  mulNo,
  payState,
  payType: '1',
  priceKrw,
  payDate: payState === '4' ? '2026-11-23 18:00:00' : '',
  cancelDate: '',
  currency: 'krw',
  receiptUrl: payState === '4' ? `https://pay.example/c/${mulNo}` : null,
  rebillNo: null,
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

export const makeWorld = (): World => {
  const accounts = new MemoryAccounts();
  return { ...emptyWorld(), accounts, teams: new MemoryTeams(accounts) };
};

const emptyWorld = (): Omit<World, 'accounts' | 'teams'> => ({
  store: new MemoryStore(),
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
