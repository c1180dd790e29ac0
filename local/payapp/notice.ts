/**
 * The fields PayApp posts to the merchant. Pure: request, keys and state in, form fields out.
 * Guarantees: `pay_date` is empty while nothing is paid, and one field nobody documents is always
 * there, because merchants must ignore what they do not know.
 */
import { koreanTime } from './korean-time.ts';
import type { PayRequest } from './request.ts';
import { payType } from './request.ts';

export interface Seller {
  readonly userid: string;
  readonly linkkey: string;
  readonly linkval: string;
}

export interface NoticeContext {
  readonly seller: Seller;
  readonly publicUrl: string;
}

export type NoticeFields = Readonly<Record<string, string>>;

/** Where the payer pays, and where the receipt is. */
export function payUrl(publicUrl: string, request: PayRequest): string {
  return `${publicUrl}/p/${request.code}`;
}

export function receiptUrl(publicUrl: string, request: PayRequest): string {
  return `${publicUrl}/c/${request.code}`;
}

export function noticeFields(
  request: PayRequest,
  payState: string,
  { seller, publicUrl }: NoticeContext,
): NoticeFields {
  const paid = request.paidAtMs !== undefined;
  return {
    userid: seller.userid,
    linkkey: seller.linkkey,
    linkval: seller.linkval,
    goodname: request.goodname,
    price: String(request.priceKrw),
    recvphone: request.recvphone,
    memo: request.memo,
    reqaddr: request.reqaddr,
    reqdate: koreanTime(request.requestedAtMs),
    pay_memo: request.payMemo,
    pay_addr: request.payAddress,
    pay_date: request.paidAtMs === undefined ? '' : koreanTime(request.paidAtMs),
    pay_type: payType(request),
    pay_state: payState,
    var1: request.var1,
    var2: request.var2,
    mul_no: request.mulNo,
    ...(request.rebillNo === '' ? {} : { rebill_no: request.rebillNo }),
    payurl: payUrl(publicUrl, request),
    csturl: paid ? receiptUrl(publicUrl, request) : '',
    currency: 'krw',
    vccode: '',
    feedbacktype: '0',
    ...(request.cancelledAtMs === undefined
      ? {}
      : { canceldate: koreanTime(request.cancelledAtMs) }),
    ...methodFields(request, paid),
    sandbox_extra: 'merchants-ignore-unknown-fields',
  };
}

function methodFields(request: PayRequest, paid: boolean): NoticeFields {
  if (request.method === 'vbank') {
    return {
      vbank: '샌드박스은행',
      vbankno: request.accountNumber,
      depositor: '홍길동',
    };
  }
  if (request.method !== 'card' || !paid) return {};
  return {
    card_name: '샌드박스카드',
    card_num: '9410-****-****-1234',
    card_quota: '00',
    payauthcode: request.approvalNumber,
    noinf: 'N',
  };
}
