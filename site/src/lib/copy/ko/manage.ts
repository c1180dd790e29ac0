/** 한국어: 돌고 있는 런타임으로 할 수 있는 일. */
import type { ManageCopy } from '../en/manage.ts';
import { backups } from './backups.ts';
import { offsite } from './offsite.ts';
import { exporting, importing } from './leaving.ts';
import { deletion } from './deletion.ts';
import { updates } from './updates.ts';

export const manage: ManageCopy = {
  title: '런타임 관리',
  signIn: '로그인하면 런타임을 관리할 수 있습니다.',
  back: '진행 단계로 돌아가기',
  unknown: '내 런타임이 아니거나 이미 없어진 런타임입니다.',
  choose: '런타임을 고르세요',
  state: '상태',
  host: '주소',
  plan: '요금제',
  changePlan: '요금제 바꾸기',
  restarting: '다시 시작하는 중',
  restartingText:
    '컨테이너를 멈췄다가 다시 켠 뒤 런타임을 새로 검증합니다. 30초쯤 걸리며, 이 페이지를 떠나도 됩니다.',
  usage: {
    title: '사용량',
    live: '방금 잰 값',
    at: (time) => `${time}에 잰 값`,
    none: '아직 잰 값이 없습니다. 런타임이 응답하면 잽니다.',
    memory: '메모리',
    memoryOf: (used, limit) => `${limit} 중 ${used}`,
    memoryNote:
      'OpenClaw 프로세스만 잰 값입니다. 에이전트가 실행한 프로그램은 여기에 더해지며 세지 않습니다. 한도에 닿으면 컨테이너가 멈췄다가 다시 켜집니다.',
    disk: '디스크',
    diskOf: (left, total) => `${total} 중 ${left} 남음`,
    diskNote:
      '런타임이 있는 서버의 디스크이며, 다른 런타임과 함께 쓸 수 있습니다. 내 데이터만의 한도는 따로 없습니다.',
    state: '내 데이터',
    stateOf: (size, time) => `${size} · 시작할 때 셈, ${time}`,
    stateNone: '다음에 시작할 때 셉니다.',
    bands: {
      fine: '여유 있음',
      warning: '여유가 적음',
      critical: '거의 다 참',
    },
    memoryFull: '긴 대화를 닫거나 다시 시작해 보세요. 그래도 다시 차면 더 큰 요금제가 필요합니다.',
    diskFull: '운영자에게도 보입니다. 런타임 안의 오래된 파일을 지우면 여유가 생깁니다.',
  },
  restart: {
    title: '다시 시작',
    text: '런타임이 멈춰 있거나 설정을 바꾼 뒤에 도움이 됩니다.',
    button: '런타임 다시 시작',
    dialog: '이 런타임을 다시 시작할까요?',
    cuts: '지금 돌고 있는 것은 끊깁니다: 만들고 있던 답변, 실행한 프로그램, 열어 둔 제어 화면(저절로 다시 이어집니다), 끝내지 않은 Codex 로그인.',
    keeps: '대화와 파일, 설정, Codex 로그인은 그대로 남습니다. 비용은 들지 않습니다.',
    confirm: '지금 다시 시작',
    asking: '요청하는 중…',
    keep: '나중에',
    stopped: '멈춰 있는 런타임은 다시 시작할 수 없습니다.',
  },
  pause: {
    title: '일시 정지',
    text: '아무것도 잃지 않고 잠시 멈춰 둡니다.',
    button: '런타임 일시 정지',
    dialog: '이 런타임을 일시 정지할까요?',
    stops:
      '런타임이 멈추고 접속할 수 없게 됩니다. 하고 있던 일은 끊기고, 메시지와 예약 작업은 쉬며, 제어 화면은 닫힙니다.',
    keeps: '대화와 파일, 설정, 주소, Codex 로그인은 그대로 남습니다.',
    paid: (until) =>
      `이용 기한은 계속 흘러 그대로 ${until}에 끝납니다. 쉬는 동안의 요금은 돌려드리지 않으며, 기한 안내와 그 뒤의 일도 평소와 같습니다. 자동 연장은 일시 정지하면 끝납니다.`,
    back: '소유자나 멤버가 언제든 다시 켤 수 있습니다. 켤 때는 처음부터 다시 검증하며, 1~2분과 모델의 짧은 답변 한 번이 듭니다.',
    confirm: '지금 일시 정지',
    asking: '요청하는 중…',
    keep: '나중에',
    early: '준비가 끝난 뒤에 일시 정지할 수 있습니다.',
    stopping: '멈추는 중입니다.',
    paused: (since) => `${since}부터 일시 정지 중입니다.`,
    pausedText:
      '모든 것이 그대로 있습니다. 결제는 기간만 늘릴 뿐 켜지 않으며, 여기에서 다시 켜야 켜집니다.',
    resume: '런타임 다시 켜기',
    resuming: '켜는 중입니다.',
    resumingText: '처음부터 다시 검증하고, 모델이 답하면 준비가 끝납니다.',
    unpaid: '이용 기한이 끝나 멈춰 있습니다. 결제하면 다시 켜집니다.',
    unpaidPaused:
      '이용 기한이 끝나 멈춰 있습니다. 그 전에 일시 정지해 두었으므로 결제한 뒤에도 직접 다시 켤 때까지 멈춰 있습니다.',
    toTerm: '이용 기한 보기',
    held: '운영자가 멈춘 런타임입니다. 운영자에게 문의하세요.',
  },
  backups,
  exporting,
  importing,
  offsite,
  deletion,
  updates,
  name: {
    title: '이름',
    text: '나와 팀이 보는 이름입니다. 주소는 바뀌지 않습니다.',
    label: '런타임 이름',
    save: '이름 저장',
    saving: '저장하는 중…',
    saved: '저장했습니다.',
  },
  log: {
    title: '로그',
    text: 'OpenClaw 로그의 마지막 1,000줄을 런타임에서 바로, 실시간으로 보여 줍니다. 우리 서버를 거치지 않으며, 주소와 키, 코드, 토큰은 런타임을 떠나기 전에 가립니다.',
    missing:
      '여기에 없는 것: OpenClaw가 로그를 쓰기 전에 컨테이너가 남긴 말, 그리고 메모리 부족처럼 밖에서 멈춘 일.',
    states: {
      idle: '연결되지 않았습니다.',
      connecting: '런타임에 연결하는 중…',
      live: '실시간.',
      away: 'OpenClaw가 지금 응답하지 않습니다. 응답하면 저절로 이어집니다.',
      waiting: '런타임이 응답하지 않습니다. 저절로 다시 시도합니다.',
      refused: '연결되지 않았습니다.',
      ended: '이 로그를 볼 권한이 끝났습니다.',
    },
    retry: '다시 연결',
    search: '줄에서 찾기',
    pause: '멈춤',
    resume: '이어 보기',
    paused: (count) =>
      count === 0 ? '멈춰 있습니다.' : `멈춰 있습니다. 새 줄 ${count}개가 기다립니다.`,
    copy: '줄 복사',
    newest: '맨 아래로',
    shown: (shown, all) => (shown === all ? `${all}줄` : `${all}줄 중 ${shown}줄`),
    empty: '아직 줄이 없습니다.',
    nothing: '그 말이 든 줄이 없습니다.',
    skipped: (count) => `너무 빨라 여기에서 빠진 줄이 ${count}개 이상 있습니다.`,
    lines: '로그 줄',
    levels: {
      trace: '추적',
      debug: '디버그',
      info: '정보',
      warn: '경고',
      error: '오류',
      fatal: '치명적 오류',
    },
    notRole: '로그는 소유자와 멤버가 봅니다. 내 역할은 결제 담당입니다.',
    stopped: '멈춰 있는 런타임은 로그를 쓰지 않습니다.',
  },
};
