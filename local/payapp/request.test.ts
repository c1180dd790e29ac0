import { describe, expect, it } from 'vitest';
import { koreanDaysBetween, koreanTime } from './korean-time.ts';
import type { Event, PayRequest } from './request.ts';
import { advance, offeredMethods, payRequest, refundableKrw } from './request.ts';

const fresh = payRequest.parse({
  mulNo: '1760000000001',
  code: 'a1B2c3',
  status: 'requested',
  goodname: 'x',
  priceKrw: 10_000,
  recvphone: '01000000000',
  memo: '',
  reqaddr: '0',
  feedbackUrl: '',
  retries: true,
  returnUrl: '',
  skipsReceipt: false,
  openPayType: '',
  var1: '',
  var2: '',
  requestedAtMs: 0,
});

const paid: Event = { kind: 'paid', method: 'card', approvalNumber: '1' };
const issued: Event = { kind: 'account_issued', accountNumber: '9' };
const deposited: Event = { kind: 'deposited' };
const cancelled: Event = { kind: 'cancelled' };
const refunded = (amountKrw: number): Event => ({ kind: 'refunded', amountKrw });
const EVENTS = [paid, issued, deposited, cancelled, refunded(1000)];

const play = (...events: readonly Event[]): PayRequest | undefined =>
  events.reduce<PayRequest | undefined>(
    (request, event) => request && advance(request, event, 7),
    fresh,
  );

describe('a payment request', () => {
  it.each([
    ['paid by card', [paid], 'paid'],
    ['paid by deposit', [issued, deposited], 'paid'],
    ['given up', [cancelled], 'cancelled'],
    ['given up while waiting', [issued, cancelled], 'cancelled'],
    ['refunded in parts', [paid, refunded(4000)], 'partly_refunded'],
    ['refunded to the last won', [paid, refunded(4000), refunded(6000)], 'refunded'],
  ] as const)('is %s', (_name, events, status) => {
    expect(play(...events)?.status).toBe(status);
  });

  it.each([
    ['paid twice', [paid, paid]],
    ['deposited without an account', [deposited]],
    ['cancelled after payment', [paid, cancelled]],
    ['refunded before payment', [refunded(1)]],
    ['refunded beyond the price', [paid, refunded(10_001)]],
    ['refunded by nothing', [paid, refunded(0)]],
    ['refunded by half a won', [paid, refunded(0.5)]],
  ] as const)('is never %s', (_name, events) => {
    expect(play(...events)).toBeUndefined();
  });

  it.each([
    ['cancelled', play(cancelled)],
    ['refunded', play(paid, refunded(10_000))],
  ])('never leaves %s', (_name, ended) => {
    expect(ended).toBeDefined();
    for (const event of EVENTS) {
      expect(ended && advance(ended, event, 8)).toBeUndefined();
    }
  });

  it('knows what is left to refund', () => {
    const part = play(paid, refunded(4000));
    expect(part && refundableKrw(part)).toBe(6000);
  });
});

describe('offered methods', () => {
  it.each([
    ['', ['card', 'kakaopay', 'vbank']],
    ['vbank, card', ['card', 'vbank']],
    ['naverpay', ['card', 'kakaopay', 'vbank']],
  ])('%j', (asked, offered) => {
    expect(offeredMethods(asked)).toEqual(offered);
  });
});

describe('Korean time', () => {
  it('is nine hours ahead, over midnight and new year', () => {
    expect(koreanTime(Date.UTC(2026, 11, 31, 15, 0, 0))).toBe('2027-01-01 00:00:00');
    expect(koreanTime(Date.UTC(2026, 10, 22, 8, 41, 10, 999))).toBe('2026-11-22 17:41:10');
  });

  it('counts midnights, not hours', () => {
    const evening = Date.UTC(2026, 0, 1, 14, 59);
    expect(koreanDaysBetween(evening, evening + 60_000)).toBe(1);
    expect(koreanDaysBetween(evening, evening)).toBe(0);
  });
});
