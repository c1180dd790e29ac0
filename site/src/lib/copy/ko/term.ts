/** 한국어: 이용 기한과 연장, 결제하지 않으면 일어나는 일. */
import type { TermCopy } from '../en/term.ts';

export const term: TermCopy = {
  title: '이용 기한',
  back: '진행 화면으로',
  signIn: '로그인하면 런타임의 이용 기한을 볼 수 있습니다.',
  unknown: '회원님의 런타임 가운데 찾을 수 없습니다.',
  none: '아직 런타임이 없습니다.',
  choose: '런타임',
  states: {
    running: '이용 중',
    ending: '곧 끝남',
    grace: '기한 지남, 켜져 있음',
    unpaid: '멈춤, 결제 대기',
    paused: '직접 일시 정지함',
    stopped: '운영자가 멈춤',
    deleted: '삭제됨',
  },
  left: (days) =>
    days > 1 ? `${days}일 남음` : days === 1 ? '하루도 남지 않음' : '이용 기한이 지났습니다.',
  lines: {
    running: '지금 하실 일은 없습니다. 언제든 연장할 수 있고, 새 기간은 이 기한 다음부터입니다.',
    ending: '연장하면 끊김 없이 이어집니다.',
    grace: '며칠 동안은 계속 켜져 있습니다. 지금 결제하면 오늘부터 새 기간이 시작됩니다.',
    unpaid: '데이터는 모두 그대로 있습니다. 결제하면 새 기간으로 다시 켜집니다.',
    paused: '일시 정지해도 이용 기한은 계속 흐릅니다.',
    stopped: '결제해도 켜지지 않습니다. 운영자에게 문의하세요.',
    deleted: '완전히 사라졌습니다.',
  },
  until: '이용 기한',
  renew: {
    title: '기간 연장',
    phone: '페이앱 결제용 휴대전화 번호',
    phoneHint: '이번 결제에만 쓰고 저장하지 않습니다.',
    submit: (price) => `${price} 결제하기`,
    submitting: '결제 페이지를 준비하는 중…',
    note: '페이앱에서 결제합니다. 결제가 확인되면 한 번만 연장됩니다.',
    mayNot: '소유자와 결제 담당자가 연장할 수 있습니다.',
  },
  open: {
    title: '연장 결제를 기다리고 있습니다',
    text: (price) => `${price}을 페이앱에서 결제합니다.`,
    pay: '결제 페이지로 가기',
    other: '다른 기간으로 연장하기',
  },
  dates: {
    title: '결제하지 않으면',
    lede: '이 런타임에 맞춘 날짜입니다. 언제 결제해도 여기서 멈춥니다. 앞 단계가 늦어지면 다음 단계도 늦어지고, 당겨지는 일은 없습니다.',
    when: '날짜',
    what: '일어나는 일',
    past: '지남',
    events: {
      reminders: '7일, 3일, 1일 전에 이메일로 알림',
      end: '이용 기한이 끝납니다. 7일 동안은 계속 켜 둡니다.',
      suspension: '런타임을 멈춥니다. 데이터는 14일 동안 보관합니다.',
      first_warning: '첫 번째 삭제 예고',
      second_warning: '두 번째 삭제 예고',
      deletion: '삭제합니다. 예고 두 번이 모두 전해졌을 때만 지웁니다.',
    },
  },
};
