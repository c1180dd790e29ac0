/**
 * `rebillRegist`, `rebillCancel`, `rebillStop`, `rebillStart`, and the charges that follow: each a
 * payment of its own with a new `mul_no`. Guarantees: a first charge that fails is told to nobody; a
 * later one goes to `failurl` with `pay_state=99`.
 */
import { randomInt } from 'node:crypto';
import {
  PAYAPP_ERRNO,
  PAYAPP_LOWEST_PRICE_KRW,
  PAYAPP_PAY_STATE,
  payAppPrice,
  payAppRebillRegist,
} from '#schemas/wire/payapp.ts';
import { isWebAddress } from './addresses.ts';
import { koreanTime } from './korean-time.ts';
import { noticeFields } from './notice.ts';
import type { Rebill, RebillChange } from './rebill.ts';
import { changeRebill, nextCycleMs } from './rebill.ts';
import type { ReplyFields } from './reply.ts';
import { accepted, refused, wrongParameter } from './reply.ts';
import type { PayRequest } from './request.ts';
import type { World } from './world.ts';
import { apply } from './world.ts';

type Form = Readonly<Record<string, string>>;

const NO_CONTRACT_TEXT = '정기결제 계약이 되어 있지 않습니다.';

export function isRebillCommand(command: string): boolean {
  return ['rebillRegist', 'rebillCancel', 'rebillStop', 'rebillStart'].includes(command);
}

export function noContract(world: World): ReplyFields | undefined {
  if (world.store.state.recurring) return undefined;
  return refused(PAYAPP_ERRNO.noPermission, NO_CONTRACT_TEXT);
}

export function registerRebill(world: World, form: Form): ReplyFields {
  const wrong = wrongField(world, form);
  if (wrong !== undefined) return wrongParameter(wrong);
  const fields = payAppRebillRegist.safeParse(form);
  if (!fields.success) return wrongParameter(String(fields.error.issues[0]?.path[0] ?? ''));
  const asked = fields.data;
  const now = world.now();
  const days = { Month: asked.rebillCycleMonth, Week: asked.rebillCycleWeek, Day: '0' };
  const known: Rebill = {
    rebillNo: world.store.nextMulNo(now),
    code: world.store.nextCode(),
    status: 'registered',
    goodname: asked.goodname,
    priceKrw: Number(asked.goodprice),
    recvphone: asked.recvphone,
    cycleType: asked.rebillCycleType,
    cycleDay: Number(days[asked.rebillCycleType] ?? '0'),
    expire: asked.rebillExpire,
    feedbackUrl: asked.feedbackurl ?? '',
    failUrl: asked.failurl ?? '',
    retries: asked.checkretry === 'y',
    returnUrl: asked.returnurl ?? '',
    var1: asked.var1 ?? '',
    var2: asked.var2 ?? '',
    requestedAtMs: now,
    charges: 0,
  };
  world.store.putRebill(known);
  return accepted({
    ...(world.store.faultsFor(known.recvphone).replyWithoutMulNo
      ? {}
      : { rebill_no: known.rebillNo }),
    payurl: `${world.publicUrl}/r/${known.code}`,
  });
}

/** What PayApp is known to want; the schema finds the rest. */
function wrongField(world: World, form: Form): string | undefined {
  if ((form['goodname'] ?? '').trim() === '') return 'goodname';
  const price = payAppPrice.safeParse(form['goodprice']);
  if (!price.success || Number(price.data) < PAYAPP_LOWEST_PRICE_KRW) return 'goodprice';
  const type = form['rebillCycleType'] ?? '';
  if (type === 'Month' && (form['rebillCycleMonth'] ?? '') === '') return 'rebillCycleMonth';
  if (type === 'Week' && (form['rebillCycleWeek'] ?? '') === '') return 'rebillCycleWeek';
  const expire = form['rebillExpire'] ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expire) || Number.isNaN(Date.parse(expire)))
    return 'rebillExpire';
  if (expire < koreanTime(world.now()).slice(0, 10)) return 'rebillExpire';
  const types = (form['openpaytype'] ?? '').split(',').filter((word) => word !== '');
  if (types.some((word) => word !== 'card' && word !== 'phone')) return 'openpaytype';
  const addresses = ['feedbackurl', 'failurl'].find(
    (name) => (form[name] ?? '') !== '' && !isWebAddress(form[name] ?? ''),
  );
  return addresses;
}

export function runRebillChange(world: World, command: RebillChange, form: Form): ReplyFields {
  const known = world.store.findRebill(form['rebill_no'] ?? '');
  if (known === undefined) return wrongParameter('rebill_no');
  const changed = changeRebill(known, command);
  if (changed === undefined) {
    return refused(PAYAPP_ERRNO.wrongParameter, '처리할 수 없는 상태의 정기결제입니다.');
  }
  world.store.putRebill(changed);
  return accepted({ rebill_no: known.rebillNo });
}

const APPROVAL_DIGITS = 8;

/** A payment that is made now: the payer's first one, or that of a cycle. */
export function chargeNow(world: World, known: Rebill): PayRequest | undefined {
  const request = requestOf(world, known);
  const approvalNumber = Array.from({ length: APPROVAL_DIGITS }, () => randomInt(10)).join('');
  let paid: PayRequest | undefined;
  world.store.together(() => {
    const cycle = { status: 'approved' as const, cycleAtMs: world.now() };
    world.store.putRebill({ ...known, ...cycle, charges: known.charges + 1 });
    paid = apply(world, request, { kind: 'paid', method: 'card', approvalNumber });
  });
  return paid;
}

/** The card was declined: no payment comes into being. */
export function failNow(world: World, known: Rebill): void {
  const { seller } = world.store.state;
  const faults = world.store.faultsFor(known.recvphone);
  const request = { ...requestOf(world, known), feedbackUrl: known.failUrl };
  const [payState] = PAYAPP_PAY_STATE.chargeFailed;
  const { mul_no: mulNo, ...bare } = noticeFields(request, payState, {
    seller,
    publicUrl: world.publicUrl,
  });
  world.store.together(() => {
    world.store.putRebill({ ...known, cycleAtMs: world.now() });
    const numbered = faults.failureWithoutMulNo ? bare : { ...bare, mul_no: mulNo ?? '' };
    world.sender.enqueue(request, numbered);
  });
}

function requestOf(world: World, known: Rebill): PayRequest {
  const { goodname, priceKrw, recvphone, feedbackUrl, retries, returnUrl, var1, var2 } = known;
  const now = world.now();
  return {
    mulNo: world.store.nextMulNo(now),
    code: world.store.nextCode(),
    rebillNo: known.rebillNo,
    status: 'requested',
    ...{ goodname, priceKrw, recvphone, feedbackUrl, retries, returnUrl, var1, var2 },
    memo: '',
    reqaddr: '0',
    skipsReceipt: false,
    openPayType: 'card',
    requestedAtMs: now,
    payMemo: '',
    payAddress: '',
    accountNumber: '',
    approvalNumber: '',
    refundedKrw: 0,
    settled: false,
    texted: false,
    refundAskedKrw: 0,
  };
}

/** Charges what is due at sandbox time; the one that is named even where it is not. */
export function tick(
  world: World,
  named: string | undefined,
): { readonly paid: number; readonly failed: number } {
  const due = world.store.state.rebills.filter((known) =>
    named === undefined
      ? (nextCycleMs(known) ?? Number.POSITIVE_INFINITY) <= world.now()
      : known.rebillNo === named && known.status === 'approved',
  );
  const done = { paid: 0, failed: 0 };
  for (const known of due) {
    if (world.store.faultsFor(known.recvphone).chargeFails) {
      failNow(world, known);
      done.failed += 1;
    } else {
      chargeNow(world, known);
      done.paid += 1;
    }
  }
  return done;
}
