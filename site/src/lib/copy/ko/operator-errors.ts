/** 한국어: 운영자만 만나는 실패. */
import type { ErrorText } from '../en/errors.ts';
import type { OperatorErrorCode } from '../en/operator-errors.ts';

export const operatorErrors = {
  deployer_unreachable: {
    cause: 'Dokploy가 지금 응답하지 않습니다.',
    next: '잠시 뒤 다시 시도하세요.',
  },
  tenant_unknown: {
    cause: '이 테넌트의 결제 문서가 없습니다.',
    next: 'ID를 확인하세요.',
  },
  task_unknown: {
    cause: '그런 할 일이 없습니다.',
    next: '목록을 새로 고치세요.',
  },
  server_in_use: {
    cause: '이 서버에 런타임이 있어 위치를 바꿀 수 없습니다.',
    next: '다른 장비를 새 서버로 추가하고, 이 서버는 배정을 멈추세요.',
  },
  runtime_paid: {
    cause: '결제된 런타임입니다.',
    next: '먼저 주문을 환불하세요. 그러면 중지됩니다.',
  },
  confirmation_mismatch: {
    cause: '확인 문구가 일치하지 않습니다.',
    next: '표시된 ID를 그대로 입력하세요.',
  },
  action_not_possible: {
    cause: '지금 상태의 런타임에는 할 수 없는 작업입니다.',
    next: '새로 고치세요. 상태가 바뀌었을 수 있습니다.',
  },
  runtime_not_paid: {
    cause: '결제가 없는 런타임이라 다시 켜지 않습니다.',
    next: '고객이 새로 주문해야 합니다.',
  },
  deployment_unknown: {
    cause: '그런 배포가 없습니다.',
    next: '목록을 새로 고치세요.',
  },
  version_too_old: {
    cause: '이 링의 지금 버전이나 안전한 최저 버전보다 낮은 버전입니다.',
    next: '업데이트는 뒤로 가지 않습니다. 더 새로운 버전을 적거나 런타임을 하나씩 되돌리세요.',
  },
  floor_above_target: {
    cause: '첫 번째 링의 목표가 이 버전보다 낮아 아무도 이 버전에 이를 수 없습니다.',
    next: '먼저 canary 링의 목표를 이 버전 이상으로 정하세요.',
  },
  document_unknown: {
    cause: '그런 결제 문서가 없습니다.',
    next: '테넌트를 다시 조회하세요.',
  },
  document_not_due: {
    cause: '이미 결제되었거나 무효가 된 문서입니다.',
    next: '더 받을 금액이 없습니다. 테넌트를 다시 조회하세요.',
  },
  billing_link_open: {
    cause: '아직 결제할 수 있는 링크가 이 문서에 있습니다.',
    next: '그 링크를 쓰거나 먼저 취소하세요.',
  },
  billing_request_unknown: {
    cause: '그런 결제 링크가 없습니다.',
    next: '테넌트를 다시 조회하세요.',
  },
  billing_not_cancellable: {
    cause: '이 링크는 이미 닫혔습니다.',
    next: '테넌트를 다시 조회하세요.',
  },
  billing_possibly_paid: {
    cause: '페이앱이 이 링크를 취소하지 않습니다. 결제되었을 수 있습니다.',
    next: '페이앱의 통지를 1분쯤 기다린 뒤 판매자 페이지를 확인하세요.',
  },
  import_unreadable: {
    cause: '머리글이 있는 CSV도, JSON 기록도 아닙니다.',
    next: '파일에 documentId, tenantId, name, amountKrw 열이 있는지 확인하세요.',
  },
} satisfies Record<OperatorErrorCode, ErrorText>;
