/** 한국어: 링마다 어떤 OpenClaw를 쓰는지, 안전한 최저 버전, 진행 상황. */
import type { updates as english } from '../en/operator-updates.ts';

export const updates: typeof english = {
  title: '업데이트',
  lede: '앞의 링에서 버전이 제대로 동작해야 다음 링이 시작합니다. 먼저 알리고, 상태를 복사하고, 제대로 대답하지 않으면 저절로 되돌립니다.',
  empty: '아직 알 수 있는 것이 없습니다.',
  floor: (version, below) =>
    below === 0
      ? `안전한 최저 버전: ${version}. 이보다 낮은 런타임은 없습니다.`
      : `안전한 최저 버전: ${version}. 이보다 낮은 런타임 ${below}개, 미룰 수 있는 기한:`,
  noFloor: (own) =>
    `정해 둔 최저 버전이 없습니다. 이 설치는 ${own}보다 낮은 버전을 넘겨주지 않습니다.`,
  raise: '최저 버전 올리기…',
  target: '목표 정하기…',
  stop: '멈추기…',
  resume: '다시 진행…',
  changed: '적었습니다. 첫 번째 링은 1분 안에, 나머지는 한 시간 안에 살펴봅니다.',
  columns: {
    ring: '링',
    target: '목표',
    members: '런타임',
    proven: '목표에서 준비됨',
    moving: '예정 · 진행 중',
    failed: '되돌림',
    state: '상태',
    action: '작업',
  },
  none: '설치된 그대로',
  halts: {
    none: '진행 중',
    no_target: '목표 없음',
    stopped_by_operator: '직접 멈춤',
    stopped_by_failures: '실패로 멈춤',
    all_went_back: '담당자 확인 필요',
    waits_for_earlier_ring: '앞의 링을 기다림',
  },
  provenMark: '확인됨',
  list: {
    title: '최근 업데이트',
    runtime: '런타임',
    ring: '링',
    versions: '이전 → 새 버전',
    state: '상태',
    at: '시작 · 끝',
    failure: '되돌린 이유',
  },
  states: {
    planned: '예정',
    applying: '확인하는 중',
    returning: '되돌리는 중',
    done: '끝남',
    rolled_back: '되돌림',
  },
  form: {
    titles: {
      target: (ring) => `${ring} 링의 목표`,
      floor: '안전한 최저 버전 올리기',
      stop: (ring) => `${ring} 링 멈추기`,
      resume: (ring) => `${ring} 링 다시 진행`,
    },
    notes: {
      target: '지금보다 낮은 버전은 안 됩니다. 아무도 바꿀 수 없도록 다이제스트로 적으세요.',
      floor:
        '이보다 낮은 런타임은 준비됨으로 보이지 않고, 미뤄 두었어도 업데이트합니다. 다시 내릴 수 없습니다.',
      stop: '더는 시작하지 않습니다. 진행 중인 것은 끝까지 합니다.',
      resume: '지금까지의 실패를 세지 않습니다. 되돌린 런타임을 다시 시도하지는 않습니다.',
    },
    image: '이미지',
    imageHint: '예: ghcr.io/openclaw/openclaw@sha256:…',
    version: '버전',
    notice: '알린 뒤 업데이트까지의 시간',
    grace: '더 미룰 수 있는 시간',
    reason: '이유',
    reasonHint: '내역에 남습니다.',
    affected: (count) => `런타임 ${count}개가 해당합니다.`,
    look: '어떻게 되는지 보기',
    submit: '실행',
    submitting: '요청하는 중…',
    back: '뒤로',
  },
};
