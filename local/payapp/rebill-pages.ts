/**
 * What the payer sees of a recurring payment: what will be charged when, and the first charge to
 * approve. Plain forms; nothing from the request reaches the page unescaped.
 */
import { isWebAddress } from './addresses.ts';
import type { Answer } from './http.ts';
import { page, seeOther } from './http.ts';
import { escape, frame, won } from './look.ts';
import { chargeNow } from './rebill-commands.ts';
import type { Rebill } from './rebill.ts';
import { missingPage } from './pages.ts';
import type { World } from './world.ts';

const LAST_DAY = 90;
const WEEKDAYS = ['월', '화', '수', '목', '금', '토', '일'];

function cycleOf({ cycleType, cycleDay }: Rebill): string {
  switch (cycleType) {
    case 'Day':
      return '매일';
    case 'Week':
      return `매주 ${WEEKDAYS[cycleDay - 1] ?? ''}요일`;
    case 'Month':
      return cycleDay === LAST_DAY ? '매월 말일' : `매월 ${cycleDay}일`;
  }
}

const STATES: Readonly<Record<Exclude<Rebill['status'], 'registered'>, string>> = {
  approved: '정기결제가 등록되었습니다',
  stopped: '일시 중지된 정기결제입니다',
  cancelled: '해지된 정기결제입니다',
};

function rebillPage(known: Rebill, declined = false): string {
  const path = `/r/${escape(known.code)}`;
  const alert = declined
    ? `<p class="card bad" role="alert" data-testid="complaint">카드사에서 승인을 거절했습니다. 결제되지 않았습니다.
<span class="en" lang="en">The card was declined.</span></p>`
    : '';
  const back = isWebAddress(known.returnUrl)
    ? `<a class="button main" href="${escape(known.returnUrl)}" data-testid="confirm">확인 · Done</a>`
    : '';
  const body =
    known.status === 'registered'
      ? `<form class="card" method="post" action="${path}">
<label class="choice" data-testid="method-card"><input type="radio" name="method" value="card" checked>
<span>신용·체크카드 <span class="soft" lang="en">Card</span></span></label>
<label class="choice" data-testid="method-card-declined"><input type="radio" name="method" value="card_declined">
<span>거절되는 카드 (연습용) <span class="soft" lang="en">A card that is declined</span></span></label>
<button class="main" data-testid="approve">첫 결제 ${won(known.priceKrw)} 승인 · Approve</button></form>`
      : `<section class="card" data-testid="rebill-${known.status}"><h1>${STATES[known.status]}</h1>${back}</section>`;
  return frame(
    `${known.goodname} 정기결제`,
    `<section class="card"><h1 data-testid="goodname">${escape(known.goodname)}</h1>
<p class="price" data-testid="price">${won(known.priceKrw)}</p>
<dl><dt>정기결제</dt><dd data-testid="cycle">${cycleOf(known)}</dd><dt>만료일</dt><dd>${escape(known.expire)}</dd></dl>
<p class="soft">승인하면 지금 한 번 결제되고, 그 뒤로는 주기마다 자동으로 결제됩니다.
<span class="en" lang="en">Charged once now, then by itself each cycle.</span></p></section>${alert}${body}`,
  );
}

/** Answers a payer's path, or undefined when it is none. */
export function answerRebillPayer(
  world: World,
  method: string,
  path: string,
  body: string,
): Answer | undefined {
  const match = /^\/r\/([0-9A-Za-z]{6})$/.exec(path);
  if (match === null || !['GET', 'POST'].includes(method)) return undefined;
  const known = world.store.state.rebills.find(({ code }) => code === match[1]);
  if (known === undefined) return page(404, missingPage());
  if (method === 'GET') return page(200, rebillPage(known));
  // Pressed twice it was approved once.
  if (known.status !== 'registered') return seeOther(`/r/${known.code}`);
  const asked = new URLSearchParams(body).get('method');
  // The merchant hears nothing of it, as PayApp tells nobody of a first charge that fails.
  if (asked !== 'card') return page(422, rebillPage(known, true));
  chargeNow(world, known);
  return seeOther(`/r/${known.code}`);
}
