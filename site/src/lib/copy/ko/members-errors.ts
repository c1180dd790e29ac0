/** 한국어: 워크스페이스 멤버와 초대에서 생기는 실패. */
import type { membersErrors as english } from '../en/members-errors.ts';

export const membersErrors: typeof english = {
  role_not_allowed: {
    cause: '이 워크스페이스에서 맡은 역할로는 할 수 없습니다.',
    next: '소유자에게 부탁하거나 역할을 바꿔 달라고 하세요.',
  },
  member_unknown: {
    cause: '이미 워크스페이스에 없는 사람입니다.',
    next: '목록에서 지금 있는 사람을 확인하세요.',
  },
  last_owner: {
    cause: '하나뿐인 소유자입니다.',
    next: '먼저 다른 사람을 소유자로 바꾸세요.',
  },
  already_member: {
    cause: '이미 이 워크스페이스에 있는 사람의 이메일입니다.',
    next: '목록에서 역할을 바꾸세요.',
  },
  invitations_full: {
    cause: '열려 있는 초대가 너무 많습니다.',
    next: '필요 없는 초대를 취소한 뒤 다시 초대하세요.',
  },
  team_full: {
    cause: '워크스페이스에 둘 수 있는 멤버 수가 찼습니다.',
    next: '멤버를 내보내거나 열려 있는 초대를 취소하세요.',
  },
  team_busy: {
    cause: '다른 사람이 지금 멤버를 바꾸고 있습니다.',
    next: '1분쯤 뒤에 다시 시도하세요.',
  },
  join_unknown: {
    cause: '알 수 없는 초대입니다.',
    next: '받은 링크 전체를 다시 열거나 새 초대를 요청하세요.',
  },
  join_used: {
    cause: '이미 사용한 초대입니다.',
    next: '본인이 썼다면 로그인하세요. 아니라면 새 초대를 요청하세요.',
  },
  join_expired: {
    cause: '기한이 지난 초대입니다.',
    next: '초대한 사람에게 새 초대를 요청하세요.',
  },
  join_revoked: {
    cause: '취소된 초대입니다.',
    next: '초대한 사람에게 새 초대를 요청하세요.',
  },
  join_email_mismatch: {
    cause: '다른 이메일 주소로 보낸 초대입니다.',
    next: '초대받은 주소를 쓰거나 새 초대를 요청하세요.',
  },
};
