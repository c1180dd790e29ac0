/** 한국어: 런타임 내보내기와 가져오기. */
import type { exporting as exportingWords, importing as importingWords } from '../en/leaving.ts';

export const exporting: typeof exportingWords = {
  title: '내보내기',
  text: '이 런타임의 모든 것을 파일 하나로 받습니다. 대화와 파일, 설정, Compose 파일, 그리고 내 서버에서 그대로 켜는 방법이 들어 있습니다. 저희를 거치지 않고 런타임의 서버에서 브라우저로 바로 내려받습니다.',
  secret:
    '로그인 정보와 키가 들어 있고 암호화되어 있지 않습니다. 비밀번호처럼 안전한 곳에 보관하세요.',
  download: '내보낸 파일 받기',
  asking: '요청하는 중…',
  prepare: '내보내기 준비하기',
  lines: {
    early: '런타임이 한 번 켜진 뒤부터 내보낼 수 있습니다.',
    stopped:
      '런타임이 멈춰 있어 먼저 내보내기를 준비합니다. 1분쯤 걸립니다. 그동안 OpenClaw는 켜지지 않으며 데이터도 바뀌지 않습니다.',
    preparing: '1분쯤 걸립니다. 이 페이지를 떠났다가 다시 와도 됩니다.',
    stuck: '준비하지 못했습니다. 운영자에게 알렸으니 나중에 다시 시도하세요.',
    gone: '삭제한 런타임이라 내보낼 것이 없습니다.',
  },
  preparing: '내보내기를 준비하는 중',
  open: '내보낼 파일을 받을 수 있습니다',
  until: (time) => `${time}까지 받을 수 있으며, 결제가 없어도 그 전에는 삭제하지 않습니다.`,
  started: '받는 과정은 브라우저에 표시됩니다. 도중에 끊기면 다시 누르세요.',
  notRole: '로그인 정보가 들어 있어 워크스페이스 소유자만 내보낼 수 있습니다.',
};

export const importing: typeof importingWords = {
  title: '가져오기',
  text: '다른 런타임에서 내보낸 파일이나 버킷에 있던 백업 사본을 이 런타임으로 가져옵니다. 파일은 백업과 똑같이 검사하고 암호화하고 확인합니다. 백업 목록에서 되돌리기 전까지 런타임은 그대로입니다.',
  file: '내보낸 파일(.tar.gz) 또는 백업 사본(.age)',
  choose: '파일 고르기',
  key: '사본의 복구 키(.txt)',
  none: '고른 파일 없음',
  button: '파일 보내기',
  asking: '요청하는 중…',
  sending: (percent) => `보내는 중, ${percent}%`,
  stay: '다 보낼 때까지 이 페이지를 열어 두세요. 그동안 런타임은 그대로 돕니다.',
  stop: '그만 보내기',
  arrived:
    '파일을 받아 확인하고 있습니다. 끝나면 백업 목록에 나타나며, 되돌리기 전까지 아무것도 바뀌지 않습니다.',
  problems: {
    empty: '빈 파일입니다. 내려받은 파일을 고르세요.',
    too_large: '4 GiB보다 큰 파일은 가져올 수 없습니다.',
    other_kind: '.tar.gz나 .age 파일이 아닙니다. 내려받은 파일을 고르세요.',
    no_key:
      '백업 사본을 열려면 복구 키가 필요합니다. AGE-SECRET-KEY-1로 시작하는 줄이 있는 파일을 고르세요.',
  },
  stopped: '멈춰 있는 런타임으로는 가져올 수 없습니다.',
  origin: '가져온 파일',
};
