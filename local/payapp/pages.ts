/**
 * What the payer sees: the pay page in each of its states, and the receipt.
 * Guarantees: everything works as plain forms, each button keeps its `data-testid`, and nothing
 * from the request reaches the page unescaped.
 */
import { koreanTime } from './korean-time.ts';
import { escape, frame, won } from './look.ts';
import type { Method, PayRequest } from './request.ts';
import { offeredMethods } from './request.ts';

const METHOD_NAMES: Readonly<Record<Method, readonly [string, string]>> = {
  card: ['신용·체크카드', 'Card'],
  kakaopay: ['카카오페이', 'KakaoPay'],
  vbank: ['가상계좌', 'Virtual account'],
};

/** What went wrong with the last press of a button, for a person. */
export type Complaint = 'declined' | 'choose' | 'late';

const COMPLAINTS: Readonly<Record<Complaint, readonly [string, string]>> = {
  declined: ['카드사에서 승인을 거절했습니다. 결제되지 않았습니다.', 'The card was declined.'],
  choose: ['결제 수단을 골라 주세요.', 'Choose a way to pay.'],
  late: ['이미 처리된 요청입니다.', 'This request has already moved on.'],
};

function summary(request: PayRequest): string {
  const memo = request.memo === '' ? '' : `<dt>메모</dt><dd>${escape(request.memo)}</dd>`;
  return `<section class="card">
<h1 data-testid="goodname">${escape(request.goodname)}</h1>
<p class="price" data-testid="price">${won(request.priceKrw)}</p>
<dl>${memo}<dt>결제요청번호</dt><dd data-testid="mul-no">${escape(request.mulNo)}</dd>
<dt>요청일시</dt><dd>${koreanTime(request.requestedAtMs)}</dd></dl>
</section>`;
}

export function payPage(request: PayRequest, complaint?: Complaint): string {
  const said = complaint === undefined ? undefined : COMPLAINTS[complaint];
  const alert =
    said === undefined
      ? ''
      : `<p class="card bad" role="alert" data-testid="complaint">${said[0]}
<span class="en" lang="en">${said[1]}</span></p>`;
  return frame(`${request.goodname} 결제`, `${summary(request)}${alert}${payBody(request)}`);
}

function payBody(request: PayRequest): string {
  switch (request.status) {
    case 'requested':
      return chooseForm(request);
    case 'waiting':
      return depositForm(request);
    case 'cancelled':
      return `<section class="card" data-testid="cancelled"><h1 class="bad">취소된 결제 요청입니다</h1>
<p class="soft">결제되지 않았습니다. <span lang="en">Cancelled, nothing was paid.</span></p>
${backLink(request)}</section>`;
    case 'paid':
    case 'partly_refunded':
    case 'refunded':
      return `<section class="card" data-testid="already-paid"><h1>이미 결제되었습니다</h1>
<a class="button main" href="/c/${escape(request.code)}">영수증 보기 · Receipt</a></section>`;
  }
}

function chooseForm(request: PayRequest): string {
  const path = `/p/${escape(request.code)}`;
  const methods = offeredMethods(request.openPayType);
  const rows = methods.map((method, index) => choice(method, METHOD_NAMES[method], index === 0));
  if (methods.includes('card')) {
    rows.push(
      choice('card_declined', ['거절되는 카드 (연습용)', 'A card that is declined'], false),
    );
  }
  const address =
    request.reqaddr === '1'
      ? '<label class="field">주소<input type="text" name="pay_addr" maxlength="200"></label>'
      : '';
  return `<form class="card" method="post" action="${path}">
<fieldset><legend>결제 수단 <span class="soft" lang="en">Pay with</span></legend>
${rows.join('\n')}</fieldset>${address}
<label class="field">남길 말 · Note<input type="text" name="pay_memo" maxlength="100"></label>
<button class="main" data-testid="pay">${won(request.priceKrw)} 결제하기 · Pay</button>
</form>
<form method="post" action="${path}/cancel">
<button data-testid="cancel">결제 취소 · Cancel</button></form>`;
}

function choice(value: string, [name, english]: readonly [string, string], on: boolean): string {
  const testId = `method-${value.replace('_', '-')}`;
  return `<label class="choice" data-testid="${testId}">
<input type="radio" name="method" value="${value}"${on ? ' checked' : ''}>
<span>${name} <span class="soft" lang="en">${english}</span></span></label>`;
}

function depositForm(request: PayRequest): string {
  const path = `/p/${escape(request.code)}`;
  return `<section class="card" data-testid="waiting"><h1>입금을 기다리는 중입니다</h1>
<p class="soft" lang="en">Waiting for the deposit.</p>
<dl><dt>은행</dt><dd>샌드박스은행</dd>
<dt>계좌번호</dt><dd data-testid="account">${escape(request.accountNumber)}</dd>
<dt>예금주</dt><dd>페이앱 샌드박스</dd><dt>금액</dt><dd>${won(request.priceKrw)}</dd></dl>
<p class="soft">존재하지 않는 계좌입니다. 실제로 송금하지 마세요.
<span class="en" lang="en">This account does not exist: send nothing to it.</span></p>
<form method="post" action="${path}/deposit">
<button class="main" data-testid="deposit">입금한 것으로 하기 · Deposit</button></form>
<form method="post" action="${path}/cancel">
<button data-testid="cancel">결제 취소 · Cancel</button></form></section>`;
}

/** The page to go back to, where it was given and is a web address. */
function backLink(request: PayRequest): string {
  return request.returnUrl === ''
    ? ''
    : `<a class="button" href="${escape(request.returnUrl)}" data-testid="back">돌아가기 · Back</a>`;
}

const RECEIPT_TITLES: Readonly<Record<PayRequest['status'], string>> = {
  requested: '아직 결제되지 않았습니다',
  waiting: '입금을 기다리는 중입니다',
  paid: '결제가 완료되었습니다',
  partly_refunded: '일부가 환불되었습니다',
  refunded: '환불되었습니다',
  cancelled: '취소된 결제 요청입니다',
};

export function receiptPage(request: PayRequest): string {
  const rows: (readonly [string, string])[] = [
    ['결제수단', request.method === undefined ? '-' : METHOD_NAMES[request.method][0]],
    ['결제일시', request.paidAtMs === undefined ? '-' : koreanTime(request.paidAtMs)],
  ];
  if (request.approvalNumber !== '') rows.push(['승인번호', request.approvalNumber]);
  if (request.refundedKrw > 0) rows.push(['환불금액', won(request.refundedKrw)]);
  const list = rows.map(([term, value]) => `<dt>${term}</dt><dd>${escape(value)}</dd>`).join('');
  return frame(
    `${request.goodname} 영수증`,
    `${summary(request)}<section class="card" data-testid="receipt">
<h1 class="${request.status === 'paid' ? 'good' : ''}">${RECEIPT_TITLES[request.status]}</h1>
<p class="soft">연습용 영수증이며 증빙이 아닙니다. <span lang="en">Not a real receipt.</span></p>
<dl>${list}</dl>${confirm(request)}</section>`,
  );
}

function confirm(request: PayRequest): string {
  if (request.returnUrl === '') {
    return '<p class="soft">이 창을 닫으셔도 됩니다. <span lang="en">You may close this tab.</span></p>';
  }
  return `<a class="button main" href="${escape(request.returnUrl)}" data-testid="confirm">
확인 · Done</a>`;
}

/** `skip_cstpage=y`: the values go to returnurl by POST; without script a person presses once. */
export function handOverPage(
  request: PayRequest,
  values: Readonly<Record<string, string>>,
): string {
  const inputs = Object.entries(values).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  return frame(
    `${request.goodname} 결제 완료`,
    `${summary(request)}<form class="card" method="post" action="${escape(request.returnUrl)}">
<h1 class="good">결제가 완료되었습니다</h1>${inputs.join('')}
<button class="main" data-testid="confirm">계속 · Continue</button></form>`,
  );
}

export function frontPage(requests: readonly PayRequest[]): string {
  const rows = requests.map(
    (request) => `<tr><td><a href="/p/${escape(request.code)}">${escape(request.goodname)}</a><br>
<span class="soft">${koreanTime(request.requestedAtMs)}</span></td>
<td>${won(request.priceKrw)}<br><span class="soft">${request.status}</span></td></tr>`,
  );
  const list =
    rows.length === 0 ? '<tr><td>아직 없습니다. · None yet.</td><td></td></tr>' : rows.join('');
  return frame(
    'PayApp sandbox',
    `<section class="card"><h1>판매자 API 연습장</h1>
<ul><li>하는 일: 결제 요청, 취소, 환불, 결제 통보와 재시도</li>
<li>하지 않는 일: 실제 결제, 정기 결제, 카드 등록, 현금영수증, 문자 발송, 달러 결제</li></ul></section>
<section class="card"><h1>최근 결제 요청</h1><table>${list}</table></section>`,
  );
}

export function missingPage(): string {
  return frame(
    '없는 결제 요청',
    `<section class="card" data-testid="missing"><h1>없는 결제 요청입니다</h1>
<p class="soft">주소를 다시 확인하세요. <span lang="en">No such request.</span></p></section>`,
  );
}
