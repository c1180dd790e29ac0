/** 한국어: 사람을 기다리는 일과 그때 할 일. */
import type { details as englishDetails, tasks as english } from '../en/operator-tasks.ts';

export const tasks: typeof english = {
  title: '할 일',
  lede: '사람이 결정해야 하는 일입니다. 무엇을 하면 되는지 적혀 있으며, 저절로 사라지지 않습니다.',
  empty: '결정할 일이 없습니다.',
  since: '생긴 때',
  done: '처리함…',
  showOrder: '주문 보기',
  close: {
    title: '이 일을 마쳤습니까?',
    lede: '목록에서 사라지며, 같은 일로 다시 생기지 않습니다.',
    note: '무엇을 했는지 (선택)',
    noteHint: '함수 로그에 계정과 함께 남습니다.',
    submit: '네, 마쳤습니다',
    submitting: '닫는 중…',
    back: '돌아가기',
  },
  closed: (kind, subject) => `처리함: ${kind} (${subject})`,
  kinds: {
    refund_due: '환불 필요',
    amount_mismatch: '금액 불일치',
    duplicate_payment: '중복 결제',
    unverified_notice: '확인되지 않은 통지',
    orphan_notice: '주문 없는 통지',
    partial_refund: '일부 환불',
    missing_feedback: '통지가 오지 않은 결제',
    provisioning_stuck: '준비가 멈춤',
    refund_payback: '페이앱에 입금해야 하는 환불',
    refund_unknown: '결과를 모르는 환불',
    refund_refused: '페이앱이 거절한 환불',
    unexpected_refund: '요청하지 않은 환불',
    notice_set_aside: '따로 보관한 통지',
    runtime_unpaid: '결제 없는 런타임',
    payment_without_runtime: '런타임 없는 결제',
    payment_provider_refused: '페이앱이 거절함',
    no_capacity: '빈자리 없음',
    server_lost: '서버 연결 끊김',
    orphan_compose: '주인 없는 서비스',
    compose_drift: '바깥에서 바뀐 서비스',
    containers_left: '남아 있는 컨테이너',
    deletion_unproven: '확인되지 않은 삭제',
    runtime_exposed: '외부에 열린 런타임',
    backup_overdue: '사흘째 검증된 백업 없음',
    offsite_overdue: '사흘째 고객 버킷에 사본 없음',
    autopay_missed: '확인되지 않은 자동 결제',
    autopay_not_cancelled: '페이앱에서 해지되지 않은 자동 결제',
    autopay_unknown: '동의가 없는 자동 결제',
    billing_amount_mismatch: '금액이 다른 기존 테넌트 결제',
    billing_paid_again: '기존 테넌트 중복 결제',
    billing_money_returned: '되돌아간 기존 테넌트 결제',
    message_undelivered: '전달되지 않은 안내 메일',
    update_ring_stopped: '실패가 이어져 멈춘 업데이트',
    update_ring_waits: '아무도 쓰지 않는 업데이트',
    update_stuck: '되돌린 뒤에도 켜지지 않는 런타임',
    update_blocked: '공간이 없어 못 하는 업데이트',
    update_needed: '되돌아간 낮은 버전의 런타임',
    feedback_keys_differ: '페이앱 연동키가 다름',
  },
  advice: {
    refund_due: '아래에서 주문을 열고 남은 금액을 모두 환불하세요.',
    amount_mismatch:
      '들어온 금액과 주문 가격을 비교하고 전액 돌려주세요. 이 결제로는 런타임이 열리지 않습니다.',
    duplicate_payment:
      '주문에서 두 번째 결제를 환불하세요. 결제요청번호를 “다른 결제” 칸에 넣으면 됩니다.',
    unverified_notice:
      '페이앱 판매자 페이지에서 이 결제를 찾아보세요. 실제 결제라면 여기 설정된 연동 키가 페이앱과 다른 것이며, 아직 아무것도 내주지 않았습니다.',
    orphan_notice:
      '여기에는 없는 주문입니다. 페이앱 판매자 페이지에서 결제를 찾아, 주인이 없으면 그곳에서 취소하세요.',
    partial_refund: '일부가 환불되었습니다. 나머지도 돌려줄지 정하고 주문에서 환불하세요.',
    missing_feedback:
      '페이앱이 결제 링크를 닫지 못해 결제되었을 수 있습니다. 판매자 페이지를 보고, 돈이 들어왔는데 주문에 없으면 그곳에서 돌려주세요.',
    provisioning_stuck:
      '가장 최근 배포와 서버를 살펴보세요. 자동으로 다시 시도하며, 살릴 수 없으면 주문을 환불하세요.',
    refund_payback: '아래 계좌에 금액을 입금하세요. 입금한 뒤에야 페이앱이 고객에게 환불합니다.',
    refund_unknown:
      '페이앱 판매자 페이지에서 결과를 확인한 뒤 주문을 열고 “결과 적기…”를 누르세요. 그 전에는 다시 환불하지 마세요.',
    refund_refused:
      '판매자 페이지에서 이유를 확인하고, 주문에서 다시 환불하거나 다른 방법으로 돌려주세요.',
    unexpected_refund:
      '페이앱에서 누가 취소했는지 확인하세요. 아무도 아니라면 연동 키가 새어 나간 것이니 바로 바꾸세요.',
    notice_set_aside:
      '계속 다시 시도합니다. reconcile 함수 로그에서 “notice.apply_failed”를 찾고, 주문과 판매자 페이지를 비교하세요.',
    runtime_unpaid:
      '주문의 내역에서 왜 결제가 없는지 확인하세요. 중지된 뒤에는 Compose 상태에서 삭제할 수 있습니다.',
    payment_without_runtime:
      '결제되었지만 런타임이 저절로 열리지 않습니다. 주문을 전액 환불하세요.',
    payment_provider_refused:
      '해결될 때까지 아무도 결제할 수 없습니다. 페이앱 응답에 따른 조치를 하세요.',
    no_capacity:
      '아래에서 서버를 추가하거나, 배정을 열거나, 자리를 늘리세요. 런타임은 저절로 자리를 찾습니다.',
    server_lost:
      '장비가 켜져 있고 Dokploy와 연결되는지 확인하세요. 응답할 때까지 새 런타임을 받지 않으며, 돌아오면 한 시간 안에 알아챕니다.',
    orphan_compose:
      '여기에는 이 서비스의 주인이 없어 자동으로 지우지 않습니다. 누구의 것인지 확인하고 Dokploy에서 지우세요.',
    compose_drift:
      'Dokploy에서 누가 바꿨는지 확인하세요. 안전한 것은 자동으로 되돌리지만, 다른 서버로 옮긴 것은 그대로 둡니다.',
    containers_left: 'Dokploy가 잊은 서비스입니다. 서버에 접속해 이 컨테이너들을 직접 지우세요.',
    deletion_unproven:
      '남은 것이 있거나 확인하지 못했습니다. 상세에 적힌 프로젝트의 컨테이너와 볼륨을 서버에서 찾아 지우세요. 자동으로 다시 확인하고 확인서를 냅니다. 서버가 아예 없어졌다면 런타임 페이지에서 직접 확인해 주세요.',
    runtime_exposed:
      '점검이 가리키는 곳을 막으세요. 공개된 포트, 다른 경로, 이 주소의 다른 서버일 수 있습니다. 자동으로 다시 확인하며 막히면 넘겨드립니다.',
    backup_overdue:
      '아래 코드가 이유입니다. storage_full이면 서버 디스크를 비우고, proof_unavailable이나 proof_not_started이면 서버 메모리를 1.3GiB 남겨 두세요. 이전 백업은 그대로 있고 매일 다시 시도합니다.',
    offsite_overdue:
      '백업은 만들어지고 확인되지만 고객이 정한 버킷에 올라가지 않습니다. 아래 코드가 이유입니다. 키나 용량처럼 대개 고객이 고칠 일이고 고객 화면에도 보입니다. bucket_unreachable이면 이 서버에서 저장소 업체에 닿는지 보세요.',
    autopay_missed:
      '페이앱 판매자 페이지에서 정기결제 번호로 찾아보세요. 결제되었다면 통보를 다시 보내거나 돌려주고, 아니라면 하실 일이 없습니다. 고객에게는 알렸으며 직접 결제할 수 있습니다.',
    autopay_not_cancelled:
      '페이앱 판매자 페이지에서 정기결제 번호로 해지하거나, 이미 해지되었는지 확인하세요. 그래도 결제되면 기간을 늘리지 않고 환불 작업이 됩니다.',
    autopay_unknown:
      '페이앱 판매자 페이지에서 이 번호의 정기결제를 해지하세요. 들어온 돈은 환불을 기다리는 주문에 있습니다.',
    billing_amount_mismatch:
      '문서는 아직 미납입니다. 페이앱 판매자 페이지에서 결제를 돌려주고 링크를 새로 만들거나, 원본 문서를 바로잡아 다시 가져오세요.',
    billing_paid_again:
      '이미 정산되었거나 무효인 문서에 돈이 들어왔습니다. 테넌트를 조회한 뒤 페이앱 판매자 페이지에서 이 결제를 돌려주세요.',
    billing_money_returned:
      '누가 돌려주었는지 확인하세요. 전액이면 문서가 다시 미납이 되고, 일부면 결제된 채로 남으니 나머지를 테넌트와 정하세요.',
    message_undelivered:
      'Appwrite에 메일 제공자가 켜져 있고 메일을 받아 주는지 확인하거나, 고객에게 다른 방법으로 알려 주세요. 길게는 2주 동안 다시 보내며, 삭제 안내가 나가지 않은 동안에는 아무것도 지우지 않습니다.',
    update_ring_stopped:
      '이 링에서 런타임 세 개가 이전 버전으로 돌아갔고 나머지는 그대로입니다. 업데이트 화면에서 이유를 보고 다른 버전을 정하거나 다시 진행하세요.',
    update_ring_waits:
      '이 링에서 업데이트할 수 있던 런타임이 모두 이전 버전으로 돌아가, 다음 링이 시작되지 않습니다. 업데이트 화면에서 이유를 보고 하나를 직접 업데이트하거나 다른 버전을 정하세요. 그 사이 모두 멈춘 런타임이라면 다시 진행하세요.',
    update_stuck:
      '새 버전이 동작하지 않았고, 이전 상태로 되돌린 이전 버전도 켜지지 않습니다. 가장 최근 배포를 살펴보세요. 상태 복사본은 볼륨의 .copies 아래에 있습니다.',
    update_blocked:
      '서버 디스크에 상태를 복사할 공간이 없습니다. 공간을 마련하면 한 시간 안에 저절로 시작합니다.',
    update_needed:
      '안전한 최저 버전보다 낮은 채로 켜져 있습니다. 왜 되돌아갔는지 보고 그 런타임에서 “지금 업데이트”를 누르거나 링에 다른 버전을 정하세요.',
    feedback_keys_differ:
      '결제가 이루어져도 반영되지 않습니다. 페이앱 판매자 페이지의 연동 KEY와 VALUE를 PAYAPP_LINKKEY, PAYAPP_LINKVAL과 비교해 바로잡아 배포하고, 그사이 결제되었는데 여기서 미결제인 주문을 찾으세요. 그런 다음 닫으세요. 계속되면 다시 나타납니다.',
  },
  noAdvice: '이 페이지보다 새로운 할 일입니다. 페이지를 새로 고치세요.',
};

export const details: typeof englishDetails = {
  mulNo: '페이앱 결제요청번호',
  orderId: '주문',
  orderState: '주문 상태',
  runtimeId: '런타임',
  status: '상태',
  promisedBy: '약속 시각',
  noticeId: '통지',
  payState: '페이앱 상태',
  attempts: '시도 횟수',
  code: '코드',
  advice: '조치',
  refundNo: '환불 번호',
  amountKrw: '금액',
  account: '입금할 계좌',
  depositor: '입금자명',
  reason: '이유',
  refund: '환불',
  refundedKrw: '지금까지 환불',
  revision: '판 번호',
  from: '이전 상태',
  title: '배포',
  log: '로그 끝부분',
  drift: '달라진 점',
  composeId: 'Dokploy 서비스 ID',
  name: '서비스',
  serverId: '서버',
  lostSince: '끊긴 때',
  memoryMiB: '필요한 메모리',
  containers: '컨테이너',
  checks: '열린 곳',
  tenantId: '테넌트',
  documentId: '문서',
  paidKrw: '들어온 금액',
  messageKind: '안내 메일',
  workspaceId: '워크스페이스',
};
