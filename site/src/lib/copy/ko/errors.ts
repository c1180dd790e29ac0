/** 한국어: 모든 실패의 원인과 다음에 할 일. */
import type { ErrorsCopy } from '../en/errors.ts';
import { codexErrors } from './codex-errors.ts';
import { membersErrors } from './members-errors.ts';
import { operatorErrors } from './operator-errors.ts';

export const errorsCopy: ErrorsCopy = {
  errors: {
    body_invalid: {
      cause: '입력한 내용 가운데 받아들여지지 않은 것이 있습니다.',
      next: '칸을 확인하고 다시 보내세요.',
    },
    not_signed_in: {
      cause: '로그인되어 있지 않습니다.',
      next: '로그인한 뒤 다시 진행하세요.',
    },
    not_allowed: {
      cause: '이 계정으로는 할 수 없는 일입니다.',
      next: '필요한 권한이라면 운영자에게 문의하세요.',
    },
    not_found: {
      cause: '이미 없어졌거나 존재하지 않는 항목입니다.',
      next: '페이지를 새로 고쳐 지금 상태를 확인하세요.',
    },
    stale_revision: {
      cause: '페이지를 연 뒤에 상태가 바뀌었습니다.',
      next: '최신 상태를 불러왔습니다. 확인하고 다시 시도하세요.',
    },
    too_many_requests: {
      cause: '짧은 시간에 너무 많이 시도했습니다.',
      next: '1분쯤 기다렸다가 다시 시도하세요.',
    },
    store_unavailable: {
      cause: '데이터베이스가 지금 응답하지 않습니다.',
      next: '바뀐 것은 없습니다. 잠시 뒤 다시 시도하세요.',
    },
    misconfigured: {
      cause: '이 서비스의 설정이 아직 끝나지 않았습니다.',
      next: '다시 시도해도 소용없습니다. 운영자에게 알려 주세요.',
    },
    internal: {
      cause: '저희 쪽에서 문제가 생겼습니다.',
      next: '다시 시도하세요. 계속되면 아래 번호를 운영자에게 알려 주세요.',
    },
    invite_unknown: {
      cause: '알 수 없는 초대 토큰입니다.',
      next: '토큰 전체를 다시 복사하거나 운영자에게 새로 요청하세요.',
    },
    invite_used: {
      cause: '이미 사용한 초대입니다.',
      next: '본인이 썼다면 로그인하세요. 아니라면 운영자에게 새 초대를 요청하세요.',
    },
    invite_expired: {
      cause: '기한이 지난 초대입니다.',
      next: '운영자에게 새 초대를 요청하세요.',
    },
    invite_revoked: {
      cause: '취소된 초대입니다.',
      next: '운영자에게 새 초대를 요청하세요.',
    },
    invite_email_mismatch: {
      cause: '다른 이메일 주소에게 보낸 초대입니다.',
      next: '초대를 받은 주소를 쓰거나 운영자에게 문의하세요.',
    },
    email_taken: {
      cause: '이 이메일로 만든 계정이 이미 있습니다.',
      next: '가입하지 말고 로그인하세요.',
    },
    password_weak: {
      cause: '너무 쉬운 비밀번호입니다.',
      next: '8자 이상으로, 이메일이나 흔한 단어가 아닌 것을 쓰세요.',
    },
    password_wrong: {
      cause: '지금 쓰는 비밀번호와 다릅니다.',
      next: '로그인할 때 쓰는 비밀번호를 입력하세요.',
    },
    account_runtime_left: {
      cause: '혼자 소유한 워크스페이스에 런타임이 남아 있습니다.',
      next: '운영자에게 런타임 삭제를 요청하거나 다른 소유자를 정한 뒤 계정을 삭제하세요.',
    },
    account_order_open: {
      cause: '혼자 소유한 워크스페이스에 아직 끝나지 않은 결제나 환불이 있습니다.',
      next: '주문을 취소하거나 결제와 환불이 끝난 뒤에 계정을 삭제하세요.',
    },
    account_members_left: {
      cause: '혼자 소유한 워크스페이스에 다른 멤버가 있습니다.',
      next: '그중 한 사람을 소유자로 정하거나 멤버를 내보낸 뒤 계정을 삭제하세요.',
    },
    subdomain_invalid: {
      cause: '서브도메인으로 쓸 수 없는 이름입니다.',
      next: '영문 소문자, 숫자, 하이픈만 쓰고 처음과 끝은 글자나 숫자로 하세요.',
    },
    subdomain_reserved: {
      cause: '예약된 이름입니다.',
      next: '다른 이름을 고르세요.',
    },
    subdomain_taken: {
      cause: '다른 워크스페이스가 쓰고 있는 이름입니다.',
      next: '다른 이름을 고르세요.',
    },
    workspace_unknown: {
      cause: '없는 워크스페이스이거나, 멤버가 아닙니다.',
      next: '목록에서 다시 선택하세요.',
    },
    plan_unknown: {
      cause: '판매하지 않는 요금제입니다.',
      next: '페이지를 새로 고치고 다시 고르세요.',
    },
    phone_invalid: {
      cause: '국내 휴대전화 번호가 아닙니다.',
      next: '010-1234-5678처럼 입력하세요.',
    },
    order_unknown: {
      cause: '알 수 없는 주문입니다.',
      next: '페이지를 새로 고쳐 주문을 확인하세요.',
    },
    runtime_not_renewable: {
      cause: '이미 사라졌거나 처음 결제가 환불된 런타임입니다.',
      next: '새 런타임을 주문하세요.',
    },
    renewal_too_early: {
      cause: '앞으로 2년이 넘는 기간이 이미 결제되어 있습니다.',
      next: '나중에 연장하세요.',
    },
    plan_not_larger: {
      cause: '더 큰 요금제만 지금 바로 바꿀 수 있습니다.',
      next: '이 요금제는 다음 연장부터로 고르세요.',
    },
    plan_change_too_small: {
      cause: '남은 기간이 너무 짧아 결제할 금액이 되지 않습니다.',
      next: '다음 연장부터로 고르세요. 그때까지는 그대로입니다.',
    },
    autopay_off: {
      cause: '여기에서는 자동 연장을 쓸 수 없습니다.',
      next: '직접 연장해 주세요. 기한이 끝나기 전에 알려 드립니다.',
    },
    autopay_unknown: {
      cause: '그런 자동 연장이 없습니다.',
      next: '페이지를 새로 고쳐 지금 상태를 확인하세요.',
    },
    autopay_over: {
      cause: '이미 멈춘 자동 연장입니다.',
      next: '페이지를 새로 고치면 새로 시작할 수 있습니다.',
    },
    plan_no_room: {
      cause: '이 런타임이 있는 서버는 런타임 하나에 줄 수 있는 메모리가 이 요금제보다 작습니다.',
      next: '운영자에게 문의하면 가능한 방법을 알려 드립니다.',
    },
    order_not_payable: {
      cause: '더는 결제할 수 없는 주문입니다.',
      next: '새로 주문하세요.',
    },
    order_already_paid: {
      cause: '이미 결제된 주문입니다.',
      next: '다시 결제하지 마세요. 진행 상태가 여기에 표시됩니다.',
    },
    order_not_cancellable: {
      cause: '더는 취소할 수 없는 주문입니다.',
      next: '잘못 결제했다면 운영자에게 알려 주세요.',
    },
    payment_provider_unavailable: {
      cause: '페이앱이 지금 응답하지 않습니다.',
      next: '결제된 금액은 없습니다. 잠시 뒤 다시 시도하세요.',
    },
    payment_request_unknown: {
      cause: '결제 페이지가 만들어졌는지 페이앱이 알려 주지 않았습니다.',
      next: '새 결제 페이지를 요청하세요. 이전 것을 대신하므로 두 번 결제되지 않습니다.',
    },
    payment_request_refused: {
      cause: '페이앱이 결제 페이지를 만들어 주지 않았습니다.',
      next: '운영자가 확인해야 합니다.',
    },
    payment_feedback_unreachable: {
      cause: '페이앱이 결제 결과를 저희에게 전달할 수 없는 상태입니다.',
      next: '결제된 금액은 없습니다. 나중에 다시 시도하세요.',
    },
    payment_not_permitted: {
      cause: '페이앱 판매자 계정으로 받을 수 없는 결제입니다.',
      next: '운영자가 확인해야 합니다.',
    },
    payment_credentials_refused: {
      cause: '페이앱이 저희 판매자 계정을 받아들이지 않았습니다.',
      next: '결제된 금액은 없습니다. 운영자가 고쳐야 합니다.',
    },
    payment_request_invalid: {
      cause: '페이앱이 저희 요청을 받아들이지 않았습니다.',
      next: '결제된 금액은 없습니다. 휴대전화 번호를 확인하고, 맞다면 운영자가 확인해야 합니다.',
    },
    payment_not_https: {
      cause: '페이앱이 저희 연결 방식을 거절했습니다.',
      next: '결제된 금액은 없습니다. 운영자가 고쳐야 합니다.',
    },
    payment_command_unknown: {
      cause: '페이앱이 모르는 요청이라고 답했습니다.',
      next: '결제된 금액은 없습니다. 운영자가 고쳐야 합니다.',
    },
    payment_transport_failed: {
      cause: '페이앱과의 연결이 끊겨 결제 페이지가 만들어졌는지 알 수 없습니다.',
      next: '새 결제 페이지를 요청하세요. 이전 것을 대신하므로 두 번 결제되지 않습니다.',
    },
    payment_answer_unreadable: {
      cause: '페이앱의 답을 읽을 수 없어 결제 페이지가 만들어졌는지 알 수 없습니다.',
      next: '새 결제 페이지를 요청하세요. 이전 것을 대신하므로 두 번 결제되지 않습니다.',
    },
    payment_answer_incomplete: {
      cause: '페이앱이 결제 페이지를 만들었지만 주소를 알려 주지 않았습니다.',
      next: '새 결제 페이지를 요청하세요. 이전 것을 대신하므로 두 번 결제되지 않습니다.',
    },
    refund_not_allowed: {
      cause: '지금 상태로는 환불할 수 없는 주문입니다.',
      next: '주문의 상태와 내역을 확인하고, 필요하면 운영자에게 문의하세요.',
    },
    refund_window_over: {
      cause: '환불을 요청할 수 있는 7일이 지났습니다.',
      next: '운영자는 환불할 수 있으니 문의하세요.',
    },
    refund_renewal_begun: {
      cause: '이 결제로 산 기간이 이미 시작되었습니다.',
      next: '여기에서는 환불할 수 없지만 운영자는 환불할 수 있습니다.',
    },
    refund_runtime_was_ready: {
      cause: '한 번 준비가 끝난 런타임의 주문입니다.',
      next: '여기에서는 환불할 수 없지만 운영자는 환불할 수 있습니다.',
    },
    refund_amount_invalid: {
      cause: '환불할 수 없는 금액입니다.',
      next: '1원 이상, 남은 결제 금액 이하의 정수를 입력하세요.',
    },
    refund_confirmation_mismatch: {
      cause: '입력한 주문 번호가 이 주문의 번호와 다릅니다.',
      next: '표시된 그대로 입력하세요. 환불된 것은 없습니다.',
    },
    refund_in_progress: {
      cause: '이 결제의 다른 환불이 아직 끝나지 않았습니다.',
      next: '끝날 때까지 기다리세요. 새로 요청한 것은 없습니다.',
    },
    refund_unknown: {
      cause: '페이앱이 답하지 않아 환불되었는지 알 수 없습니다.',
      next: '자동으로 다시 요청하지 않습니다. 페이앱의 통지나 운영자의 확인으로 정해집니다.',
    },
    refund_refused: {
      cause: '페이앱이 환불을 거절했습니다.',
      next: '아직 돌려드린 금액은 없습니다. 운영자에게 알렸으며 운영자가 처리합니다.',
    },
    runtime_unknown: {
      cause: '알 수 없는 런타임입니다.',
      next: '목록에서 다시 선택하세요.',
    },
    runtime_not_running: {
      cause: '런타임이 아직 실행되지 않았습니다.',
      next: '실행될 때까지 기다리세요. 이 페이지가 계속 확인합니다.',
    },
    runtime_not_verified: {
      cause: '아직 검증되지 않은 런타임입니다.',
      next: '검증이 먼저입니다. 검증된 뒤에 다시 시도하세요.',
    },
    codex_not_linked: {
      cause: '런타임에 연결된 Codex 로그인이 없습니다.',
      next: '5단계를 먼저 끝내세요.',
    },
    codex_busy: {
      cause: '이 런타임에서 다른 Codex 로그인이 진행 중입니다.',
      next: '그 로그인을 끝내거나 1분 뒤 다시 시도하세요.',
    },
    smoke_busy: {
      cause: '스모크가 이미 실행 중입니다.',
      next: '결과를 기다리세요.',
    },
    update_busy: {
      cause: '이 런타임은 지금 업데이트하는 중입니다.',
      next: '끝날 때까지 기다리세요. 몇 분 걸립니다.',
    },
    restart_busy: {
      cause: '이 런타임은 이미 다시 시작하는 중입니다.',
      next: '다시 응답할 때까지 기다리세요. 30초쯤 걸립니다.',
    },
    server_busy: {
      cause: '이 런타임이 있는 서버가 다른 런타임의 백업을 만드는 중입니다.',
      next: '몇 분 뒤에 다시 시도하세요. 백업은 한 번에 하나씩 검증합니다.',
    },
    runtime_not_paused: {
      cause: '워크스페이스에서 일시 정지한 런타임이 아닙니다.',
      next: '페이지를 새로 고치세요. 결제가 밀렸다면 결제하면 켜지고, 운영자가 멈췄다면 운영자에게 문의하세요.',
    },
    export_not_possible: {
      cause: '내보낼 것이 없습니다. 만들어진 적이 없거나 이미 삭제된 런타임입니다.',
      next: '그럴 리가 없다면 운영자에게 문의하세요.',
    },
    export_limit: {
      cause: '멈춰 있는 런타임의 내보내기는 하루에 세 번까지 열 수 있으며, 오늘은 모두 썼습니다.',
      next: '내일(오전 9시부터) 다시 시도하세요. 이 때문에 삭제가 앞당겨지지는 않습니다.',
    },
    runtime_leaving: {
      cause: '소유자가 삭제를 요청한 런타임입니다.',
      next: '삭제 날짜까지는 런타임 페이지에서 소유자가 취소할 수 있습니다. 그 뒤에는 사라집니다.',
    },
    runtime_not_leaving: {
      cause: '삭제를 요청한 런타임이 아니거나, 이미 취소할 수 없습니다.',
      next: '페이지를 새로 고쳐 상태를 확인하세요.',
    },
    agent_unreachable: {
      cause: '런타임이 지금 응답하지 않습니다.',
      next: '다시 시작하는 중일 수 있습니다. 잠시 뒤 다시 시도하세요.',
    },
    agent_refused: {
      cause: '런타임이 요청을 거절했습니다.',
      next: '운영자가 확인해야 합니다.',
    },
    ...membersErrors,
    ...operatorErrors,
    network_unreachable: {
      cause: '서버에 연결하지 못했습니다.',
      next: '인터넷 연결을 확인하고 다시 시도하세요.',
    },
    answer_late: {
      cause: '응답이 너무 늦습니다.',
      next: '처리되었을 수도 있습니다. 이 페이지의 상태를 먼저 보고 다시 시도하세요.',
    },
    answer_invalid: {
      cause: '이 페이지가 이해하지 못하는 응답을 받았습니다.',
      next: '페이지를 새로 고치세요. 계속되면 운영자에게 알려 주세요.',
    },
    session_lost: {
      cause: '로그인이 풀렸습니다.',
      next: '다시 로그인하면 같은 단계로 돌아옵니다.',
    },
    credentials_wrong: {
      cause: '이메일과 비밀번호가 맞지 않습니다.',
      next: '둘 다 확인하고 다시 시도하세요.',
    },
    password_short: {
      cause: '비밀번호는 8자 이상이어야 합니다.',
      next: '더 긴 비밀번호를 정하세요.',
    },
    password_recently_used: {
      cause: '최근에 쓰던 비밀번호입니다.',
      next: '쓴 적 없는 비밀번호를 정하세요.',
    },
    account_blocked: {
      cause: '차단된 계정입니다.',
      next: '운영자에게 문의하세요.',
    },
    unknown: {
      cause: '이 페이지가 설명하지 못하는 문제가 생겼습니다.',
      next: '다시 시도하세요. 계속되면 아래 코드를 운영자에게 알려 주세요.',
    },
  },
  codexErrors,
  agentUnreachable: {
    cause: '런타임이 제때 응답하지 않았습니다.',
    next: '로그인이 도착했는지 확인합니다. 도착하지 않았다면 다시 보내세요.',
  },
};
