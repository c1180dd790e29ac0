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
} satisfies Record<OperatorErrorCode, ErrorText>;
