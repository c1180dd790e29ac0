/**
 * The payer's side: pages under `/p/` and `/c/`, and the forms on them.
 * Guarantees: pressing a button twice has the effect of pressing it once; another site's page
 * cannot press it; the payer never learns the merchant's keys.
 */
import { isWebAddress } from './addresses.ts';
import type { Answer } from './http.ts';
import { page, seeOther } from './http.ts';
import { koreanTime } from './korean-time.ts';
import type { Complaint } from './pages.ts';
import { frontPage, handOverPage, missingPage, payPage, receiptPage } from './pages.ts';
import type { PayRequest } from './request.ts';
import { offeredMethods, payType } from './request.ts';
import type { World } from './world.ts';
import { apply, choose } from './world.ts';

const SHOWN_ON_FRONT = 20;
const MEMO_LIMIT_CHARS = 200;

export function showFront(world: World): Answer {
  return page(200, frontPage(world.store.state.requests.slice(-SHOWN_ON_FRONT).reverse()));
}

/** Answers a payer's path, or undefined when it is none. */
export function answerPayer(
  world: World,
  method: string,
  path: string,
  body: string,
): Answer | undefined {
  const match = /^\/(p|c)\/([0-9A-Za-z]{6})(?:\/(cancel|deposit))?$/.exec(path);
  if (match === null) return undefined;
  const [, kind, code = '', action] = match;
  const found = world.store.findByCode(code);
  if (found === undefined) return page(404, missingPage());
  const request = safeReturn(found);
  if (method === 'GET' && action === undefined) {
    return kind === 'p' ? showPay(request) : showReceipt(request);
  }
  if (method !== 'POST' || kind !== 'p') return undefined;
  return press(world, request, action ?? 'pay', new URLSearchParams(body));
}

/** A return address that is no web address is treated as absent. */
function safeReturn(request: PayRequest): PayRequest {
  return isWebAddress(request.returnUrl) ? request : { ...request, returnUrl: '' };
}

function showPay(request: PayRequest): Answer {
  const done = ['paid', 'partly_refunded', 'refunded'].includes(request.status);
  return done ? seeOther(`/c/${request.code}`) : page(200, payPage(request));
}

function showReceipt(request: PayRequest): Answer {
  if (request.status !== 'paid' || !request.skipsReceipt || request.returnUrl === '') {
    return page(200, receiptPage(request));
  }
  const values = {
    mul_no: request.mulNo,
    goodname: request.goodname,
    price: String(request.priceKrw),
    pay_state: '4',
    pay_type: payType(request),
    pay_date: koreanTime(request.paidAtMs ?? 0),
    var1: request.var1,
    var2: request.var2,
  };
  return page(200, handOverPage(request, values), new URL(request.returnUrl).origin);
}

function press(world: World, request: PayRequest, action: string, form: URLSearchParams): Answer {
  if (action === 'cancel') return after(apply(world, request, { kind: 'cancelled' }), request);
  if (action === 'deposit') return after(apply(world, request, { kind: 'deposited' }), request);
  if (request.status !== 'requested') return after(undefined, request);
  const asked = form.get('method');
  if (asked === 'card_declined') return complain(request, 'declined');
  const method = offeredMethods(request.openPayType).find((offered) => offered === asked);
  if (method === undefined) return complain(request, 'choose');
  const noted = {
    ...request,
    payMemo: (form.get('pay_memo') ?? '').slice(0, MEMO_LIMIT_CHARS),
    payAddress: (form.get('pay_addr') ?? '').slice(0, MEMO_LIMIT_CHARS),
  };
  return after(choose(world, noted, method), request);
}

function after(next: PayRequest | undefined, before: PayRequest): Answer {
  if (next !== undefined) return seeOther(`/${next.status === 'paid' ? 'c' : 'p'}/${next.code}`);
  // The second press of the same button: show what the first one did.
  const settled = before.status === 'paid' || before.status === 'waiting';
  return settled ? seeOther(`/p/${before.code}`) : complain(before, 'late');
}

function complain(request: PayRequest, complaint: Complaint): Answer {
  return page(complaint === 'late' ? 409 : 422, payPage(request, complaint));
}
