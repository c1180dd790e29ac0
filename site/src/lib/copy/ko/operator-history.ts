/** 한국어: 운영자가 보는 주문의 내역. 고객의 말이 맞는 곳에는 그 말을 씁니다. */
import type { fileHistory as english } from '../en/operator-history.ts';

export const fileHistory: typeof english = {
  actors: { account: '계정', console: 'Appwrite 콘솔' },
  parts: {
    order: '주문 내역',
    runtime: '런타임 내역',
    audit: '환불 내역',
    operator: '운영자 작업',
  },
  unbroken: '확인함: 모든 내역이 바로 앞의 내역과 이어집니다.',
  broken: (part, sequence) =>
    `${part}이 ${sequence}번째부터 이어지지 않습니다. 데이터베이스에 쓸 수 있는 누군가가 내역을 바꾸거나 옮기거나 지웠습니다.`,
  words: {
    'refund.cancelling': '환불: 페이앱에 결제 취소를 요청',
    'refund.requesting': '환불: 페이앱에 환불을 신청',
    'refund.requested': '환불: 페이앱이 신청을 받음',
    'refund.unknown': '환불: 페이앱이 결과를 알리지 않음',
    'refund.done': '환불: 돈이 돌아감',
    'refund.refused': '환불: 페이앱이 거절',
    'refund.settled_refunded': '환불 결과를 직접 적음: 돈이 돌아감',
    'refund.settled_not_refunded': '환불 결과를 직접 적음: 돈이 돌아가지 않음',
    'operator.retry': '운영자: 다시 시도',
    'operator.redeploy': '운영자: 새 배포 요청',
    'operator.restart': '운영자: 컨테이너 다시 시작',
    'operator.suspend': '운영자: 중지',
    'operator.resume': '운영자: 다시 켬',
    'operator.give_time': '운영자: 기간을 더 줌',
    'operator.update_now': '운영자: 바로 업데이트 요청',
    'operator.roll_back': '운영자: 업데이트를 되돌림',
    'operator.delete': '운영자: 삭제 요청',
    'operator.declare_gone': '운영자: 삭제를 확인함',
  },
};
