/** 한국어: 워크스페이스의 주문: 금액, 내역, 다음 일, 환불. */
import type { OrdersCopy } from '../en/orders.ts';

export const orders: OrdersCopy = {
  title: '주문 내역',
  lede: '이 워크스페이스의 모든 주문입니다. 금액과 지금 상태, 다음에 일어날 일을 볼 수 있습니다.',
  back: '처음으로 돌아가기',
  empty: '이 워크스페이스에는 아직 주문이 없습니다.',
  choose: '워크스페이스',
  unknown: '없는 주문이거나 볼 수 없는 주문입니다.',
  signIn: '로그인하면 주문을 볼 수 있습니다.',
  placed: (time) => `${time} 주문`,
  open: '진행 화면에서 보기',
  amount: {
    title: '금액',
    total: '합계',
    supply: '공급가액',
    vat: '부가세 (10%, 포함)',
    came: '들어온 금액',
    refunded: '지금까지 환불',
    kept: '환불 후 결제 금액',
  },
  facts: {
    order: '주문 번호',
    state: '상태',
    plan: '요금제',
    method: '결제 수단',
    paidAt: '결제 시각',
    paidUntil: '이용 기한',
    receipt: '영수증',
    receiptLink: '페이앱 영수증 보기',
    notYet: '아직 알 수 없음',
  },
  methods: {
    card: '신용·체크카드',
    phone: '휴대전화 결제',
    overseas_card: '해외 카드',
    face_to_face: '대면 결제',
    bank_transfer: '계좌이체',
    virtual_account: '가상계좌',
    culture_voucher: '문화상품권',
    kakaopay: '카카오페이',
    naverpay: '네이버페이',
    registered_card: '등록 카드',
    smilepay: '스마일페이',
    wechat: '위챗페이',
    applepay: '애플페이',
    myaccount: '내통장결제',
    tosspay: '토스페이',
  },
  methodUnknown: (payType) => `이 페이지가 모르는 결제 수단 (페이앱 번호 ${payType})`,
  nextTitle: '다음에 일어날 일',
  next: {
    ask_link: () =>
      '아직 페이앱에서 결제 페이지를 받지 못했습니다. 1분이 지나도 그대로면 새로 요청하세요. 두 번 결제되지 않습니다.',
    pay: (due) =>
      `${due}까지 페이앱에서 결제하세요. 결제 창을 닫았다면 여기에서 다시 열 수 있습니다.`,
    pay_lapsing: () => '결제 기한이 지났습니다. 결제된 것이 없는지 확인한 뒤 주문을 닫습니다.',
    deposit: (due) =>
      `${due}까지 페이앱이 알려 준 가상계좌로 입금하세요. 페이앱이 입금을 알려 오면 준비를 시작합니다.`,
    setting_up: (due) =>
      due === ''
        ? '런타임을 준비하고 있습니다.'
        : `런타임을 준비하고 있으며, ${due}까지 실행됩니다.`,
    promise_missed: (due) =>
      `${due}까지 실행되어야 했던 런타임입니다. 처음부터 다시 준비하며, 그래도 안 되면 운영자에게 알립니다.`,
    stuck: () => '준비하지 못했습니다. 운영자에게 알렸습니다.',
    activate: () => '런타임이 실행 중입니다. 진행 화면에서 Codex 로그인과 첫 스모크를 마치세요.',
    ready: () => '런타임이 준비되었습니다. 더 하실 일은 없습니다.',
    repair: () => '준비가 끝났던 런타임에 문제가 생겼습니다. 고칠 수 있는 것은 자동으로 고칩니다.',
    suspended: () => '중지된 런타임이며 데이터는 남아 있습니다. 운영자에게 문의하세요.',
    ending: () => '런타임이 삭제되어 이 주문으로 더 일어날 일은 없습니다.',
    pay_again: () => '빠져나간 금액은 없습니다. 새 결제 페이지를 만들어 다시 결제하세요.',
    order_again: () => '닫힌 주문입니다. 혹시 뒤늦게 결제되더라도 전액 돌려드립니다.',
    expired: () =>
      '기한 안에 결제되지 않아 닫힌 주문입니다. 혹시 뒤늦게 결제되더라도 전액 돌려드립니다.',
    refund_due: () =>
      '열린 주문과 맞지 않는 돈이 들어왔거나 런타임을 드리지 못했습니다. 운영자가 돌려드리며, 따로 하실 일은 없습니다.',
    refund_pending: () => '페이앱에 환불을 요청하고 답을 기다립니다. 따로 하실 일은 없습니다.',
    refund_refused: () =>
      '페이앱이 환불을 거절했습니다. 운영자에게 알렸으며 다른 방법으로 돌려드립니다.',
    refund_requested: () =>
      '환불을 요청했고 아직 끝나지 않았습니다. 페이앱이 처리해서 알려 줍니다. 따로 하실 일은 없습니다.',
    refunded: () =>
      '페이앱이 환불을 확인했습니다. 카드는 명세서에 반영되기까지 며칠 걸릴 수 있습니다.',
    rest_refunded: () =>
      '결제 금액의 일부를 돌려드렸습니다. 나머지는 운영자가 결정하며, 런타임은 그대로입니다.',
  },
  history: {
    title: '내역',
    none: '아직 적힌 내역이 없습니다.',
    more: (count) => `이전 내역 ${count}개 더 보기`,
    cut: '가장 최근 내역만 보입니다.',
    unknown: (kind) => `이 페이지가 모르는 일: ${kind}`,
    actors: {
      you: '본인',
      member: '워크스페이스 멤버',
      operator: '운영자',
      payapp: '페이앱',
      system: '자동',
    },
    words: {
      'order.draft': '주문하고 결제 페이지를 요청했습니다',
      'order.draft_again': '새 결제 페이지를 요청했고, 이전 것은 닫았습니다',
      'order.awaiting_payment': '결제 페이지가 열렸습니다',
      'order.waiting_deposit': '가상계좌가 발급되어 입금을 기다립니다',
      'order.paid': '결제가 확인되었습니다',
      'order.fulfilled': '런타임을 열었습니다',
      'order.payment_failed': '결제 페이지를 만들지 못했습니다. 빠져나간 금액은 없습니다',
      'order.cancelled': '결제 전에 주문을 취소했습니다',
      'order.expired': '결제 기한이 지났습니다',
      'order.refund_due': '돌려드려야 할 돈이 들어왔습니다',
      'order.refund_requested': '환불을 요청했습니다',
      'order.refunded': '전액 환불되었습니다',
      'order.partially_refunded': '일부 환불되었습니다',
      'runtime.opened': '런타임을 만들고 준비를 시작했습니다',
      runtime_provisioning: '런타임을 준비하고 있습니다',
      runtime_running: '런타임이 실행되었습니다',
      runtime_auth_required: '런타임이 검증되어 Codex 로그인이 필요합니다',
      runtime_linking: 'Codex 로그인을 열었습니다',
      runtime_ready: '런타임이 준비되었습니다',
      runtime_degraded: '런타임에 문제가 생겼습니다',
      runtime_failed: '준비하지 못해 운영자에게 알렸습니다',
      runtime_suspended: '런타임을 중지했습니다',
      runtime_deleting: '런타임을 삭제하고 있습니다',
      runtime_deleted: '런타임을 삭제했습니다',
      exposure_proven: '외부에서 확인함: 모두 막혀 있음',
      exposure_failed: '외부에서 확인함: 열려 있는 곳이 있어 운영자에게 알림',
      entered: '런타임에 들어갔습니다',
      access_ended: '더는 소유자가 아닌 사람의 런타임 세션을 끝냈습니다',
    },
  },
  refund: {
    ask: '환불 요청',
    title: '이 주문을 환불할까요?',
    what: (amount) =>
      `${amount}을 결제한 방법 그대로 돌려드립니다. 이 주문의 런타임은 바로 멈추며 다시 시작할 수 없습니다.`,
    how: '페이앱에 결제 취소를 요청합니다. 페이앱이 확인할 때까지는 환불을 요청한 상태이며, 환불이 끝난 것은 아닙니다.',
    confirm: '네, 환불합니다',
    confirming: '페이앱에 요청하는 중…',
    until: (time) => `준비가 끝난 적이 없다면 ${time}까지 환불을 요청할 수 있습니다.`,
    refused: {
      was_ready:
        '한 번 준비가 끝난 런타임이라 여기에서는 환불할 수 없습니다. 운영자는 환불할 수 있습니다.',
      under_way: '이 주문의 환불이 이미 진행 중입니다.',
      too_late: '여기에서 환불할 수 있는 7일이 지났습니다. 운영자는 환불할 수 있습니다.',
    },
  },
};
