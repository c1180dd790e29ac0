/**
 * `POST /oapi/apiLoad.html`: the merchant's commands.
 * Guarantees: checks come in the order command, seller, key, parameters; a request whose first
 * notice is refused does not exist afterwards; a refund is never more than what is left.
 */
import { timingSafeEqual, createHash } from 'node:crypto';
import {
  PAYAPP_ERRNO,
  PAYAPP_LOWEST_PRICE_KRW,
  payAppMulNo,
  payAppPhone,
  payAppPrice,
  payAppRebillChange,
  readPayAppPairs,
} from '#schemas/wire/payapp.ts';
import { isWebAddress } from './addresses.ts';
import { koreanDaysBetween } from './korean-time.ts';
import { noticeFields, payUrl } from './notice.ts';
import { isRebillCommand, noContract, registerRebill, runRebillChange } from './rebill-commands.ts';
import type { ReplyFields } from './reply.ts';
import { accepted, refused, wrongParameter } from './reply.ts';
import type { PayRequest } from './request.ts';
import { refundableKrw } from './request.ts';
import type { World } from './world.ts';
import { apply } from './world.ts';

const rebillChange = payAppRebillChange.shape.cmd;

type Form = Readonly<Record<string, string>>;

/** PayApp's own commands that this sandbox does not carry out. */
const NOT_SERVED = new Set([
  'sellerRegist',
  'useridCheck',
  'subidregist',
  'cashStRegist',
  'cashStCancel',
  'checkNpayCashReceiptReq',
  'billRegist',
  'billDelete',
  'billPay',
]);

/** Direct refunds end five days after the approval. */
const DIRECT_REFUND_DAYS = 5;
const SETTLED_TEXT = '정산되었거나 취소 가능 기간이 지났습니다. paycancelreq를 이용하세요.';

export async function runCommand(world: World, body: string): Promise<ReplyFields> {
  const form = readPayAppPairs(body);
  if (form === undefined) return wrongParameter('중복된 항목의');
  const command = form['cmd'] ?? '';
  const known = ['payrequest', 'paycancel', 'paycancelreq'].includes(command);
  const isRebill = isRebillCommand(command);
  if (!known && !isRebill && !NOT_SERVED.has(command)) {
    return refused(PAYAPP_ERRNO.unknownCommand, '정의되지 않은 cmd 입니다.');
  }
  if (form['userid'] !== world.store.state.seller.userid) {
    return refused(PAYAPP_ERRNO.wrongCredentials, '판매자 아이디를 확인하세요.');
  }
  if (command === 'payrequest') return registerRequest(world, form);
  const lacking = isRebill ? noContract(world) : undefined;
  if (lacking !== undefined) return lacking;
  if (command === 'rebillRegist') return registerRebill(world, form);
  if (NOT_SERVED.has(command)) {
    return refused(PAYAPP_ERRNO.noPermission, '샌드박스에서 제공하지 않는 기능입니다.');
  }
  if (!sameKey(form['linkkey'] ?? '', world.store.state.seller.linkkey)) {
    return refused(PAYAPP_ERRNO.wrongCredentials, '연동 KEY를 확인하세요.');
  }
  const change = rebillChange.safeParse(command);
  if (change.success) return runRebillChange(world, change.data, form);
  if (!payAppMulNo.safeParse(form['mul_no']).success) return wrongParameter('mul_no');
  const request = world.store.find(form['mul_no'] ?? '');
  if (request === undefined) return wrongParameter('mul_no');
  return command === 'paycancel'
    ? cancel(world, request, form)
    : askForRefund(world, request, form);
}

async function registerRequest(world: World, form: Form): Promise<ReplyFields> {
  const wrong = wrongField(form);
  if (wrong !== undefined) return wrongParameter(wrong);
  const now = world.now();
  const request: PayRequest = {
    mulNo: world.store.nextMulNo(now),
    rebillNo: '',
    code: world.store.nextCode(),
    status: 'requested',
    goodname: form['goodname'] ?? '',
    priceKrw: Number(form['price']),
    recvphone: form['recvphone'] ?? '',
    memo: form['memo'] ?? '',
    // An absent value asks for the address, as the vendor's own simulator does.
    reqaddr: form['reqaddr'] === '0' ? '0' : '1',
    feedbackUrl: form['feedbackurl'] ?? '',
    retries: form['checkretry'] === 'y',
    returnUrl: form['returnurl'] ?? '',
    skipsReceipt: form['skip_cstpage'] === 'y',
    openPayType: form['openpaytype'] ?? '',
    var1: form['var1'] ?? '',
    var2: form['var2'] ?? '',
    requestedAtMs: now,
    payMemo: '',
    payAddress: '',
    accountNumber: '',
    approvalNumber: '',
    refundedKrw: 0,
    settled: false,
    texted: form['smsuse'] !== 'n',
    refundAskedKrw: 0,
  };
  const { seller } = world.store.state;
  const faults = world.store.faultsFor(request.recvphone);
  const fields = noticeFields(request, '1', { seller, publicUrl: world.publicUrl });
  // Kept first: a death in the middle must not leave the merchant with a number nobody knows.
  world.store.put(request);
  const heard = await world.sender.sendNow(request, fields);
  if (!heard && faults.strict70080) {
    world.store.forget(request.mulNo);
    return refused(PAYAPP_ERRNO.feedbackRefused, '가맹점 응답이 실패하였습니다. (feedbackurl)');
  }
  if (!heard) world.sender.enqueue(request, fields);
  return accepted({
    ...(faults.replyWithoutMulNo ? {} : { mul_no: request.mulNo }),
    payurl: payUrl(world.publicUrl, request),
    qrurl: '',
  });
}

/** Name of the first field that is missing or malformed. */
function wrongField(form: Form): string | undefined {
  if ((form['goodname'] ?? '').trim() === '') return 'goodname';
  const price = payAppPrice.safeParse(form['price']);
  if (!price.success || Number(price.data) < PAYAPP_LOWEST_PRICE_KRW) return 'price';
  if (!payAppPhone.safeParse(form['recvphone']).success) return 'recvphone';
  // Only won: the dollar mode needs a contract and other pages.
  if (!['', 'krw'].includes(form['reqmode'] ?? '')) return 'reqmode';
  const feedbackUrl = form['feedbackurl'] ?? '';
  return feedbackUrl === '' || isWebAddress(feedbackUrl) ? undefined : 'feedbackurl';
}

function cancel(world: World, request: PayRequest, form: Form): ReplyFields {
  if (request.status === 'requested' || request.status === 'waiting') {
    apply(world, request, { kind: 'cancelled' });
    return accepted({ mul_no: request.mulNo });
  }
  if (request.status === 'cancelled' || request.status === 'refunded') {
    return refused(PAYAPP_ERRNO.wrongParameter, '이미 취소된 결제입니다.');
  }
  // Any other value of cancelmode is ignored, so it does refund: only the literal protects.
  if (form['cancelmode'] === 'ready') {
    return refused(PAYAPP_ERRNO.wrongParameter, '이미 결제가 완료된 요청입니다.');
  }
  const ageDays = koreanDaysBetween(request.paidAtMs ?? 0, world.now());
  if (request.settled || ageDays > DIRECT_REFUND_DAYS) {
    return refused(PAYAPP_ERRNO.wrongParameter, SETTLED_TEXT);
  }
  const amountKrw = cancelAmountKrw(request, form);
  const done = amountKrw === undefined ? undefined : { kind: 'refunded' as const, amountKrw };
  if (done === undefined || apply(world, request, done) === undefined) {
    return wrongParameter('cancelprice');
  }
  return accepted({ mul_no: request.mulNo });
}

function askForRefund(world: World, request: PayRequest, form: Form): ReplyFields {
  if (request.status !== 'paid' && request.status !== 'partly_refunded') {
    return refused(PAYAPP_ERRNO.wrongParameter, '취소 요청을 할 수 없는 상태입니다.');
  }
  if (request.refundAskedKrw > 0) {
    return refused(PAYAPP_ERRNO.wrongParameter, '이미 취소 요청이 접수되었습니다.');
  }
  const amountKrw = cancelAmountKrw(request, form);
  if (amountKrw === undefined) return wrongParameter('cancelprice');
  world.store.put({ ...request, refundAskedKrw: amountKrw });
  const part = form['partcancel'] === '1';
  return accepted({
    cr_dpname: form['dpname'] ?? '',
    partcancel: part ? '1' : '0',
    paybackprice: String(amountKrw),
    paybackbank: '샌드박스은행 990-0000-0000-00 (입금할 수 없는 계좌)',
    partprice: part ? String(amountKrw) : '',
    cancel_taxable: form['cancel_taxable'] ?? '',
    cancel_vat: form['cancel_vat'] ?? '',
    cancel_taxfree: form['cancel_taxfree'] ?? '',
  });
}

function cancelAmountKrw(request: PayRequest, form: Form): number | undefined {
  if (form['partcancel'] !== '1') return refundableKrw(request);
  const asked = payAppPrice.safeParse(form['cancelprice']);
  if (!asked.success) return undefined;
  const amountKrw = Number(asked.data);
  return amountKrw >= 1 && amountKrw <= refundableKrw(request) ? amountKrw : undefined;
}

function sameKey(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
