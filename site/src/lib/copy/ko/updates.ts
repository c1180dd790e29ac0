/** 한국어: 런타임을 언제 업데이트하는지, 마지막 업데이트가 어떻게 되었는지. */
import type { UpdatesCopy } from '../en/updates.ts';

export const updates: UpdatesCopy = {
  title: '업데이트',
  text: 'OpenClaw는 저희가 최신으로 유지합니다. 업데이트하기 전에 상태를 복사해 두고, 새 버전이 제대로 대답하지 않으면 이전 버전을 이전 상태로 되돌립니다.',
  version: (version) => `지금 OpenClaw ${version} 버전이 켜져 있습니다.`,
  planned: (version, time) => `${time}에 OpenClaw ${version} 버전으로 업데이트를 시작합니다.`,
  plannedText: '그동안 몇 분 쓰실 수 없습니다.',
  latest: (time) => `보안을 위한 업데이트라서 ${time} 이후로는 미룰 수 없습니다.`,
  applying: (version) => `OpenClaw ${version} 버전으로 업데이트하는 중입니다.`,
  applyingText:
    '상태를 복사했고 새 버전을 켜고 있습니다. 켜지면 실제로 한 번 물어봅니다. 몇 분 걸리며 이 페이지를 떠나도 됩니다.',
  returning: '이전 버전과 이전 상태로 되돌리는 중입니다.',
  returningText: '새 버전이 제대로 동작하지 않았습니다. 로그인과 데이터는 그대로 돌아옵니다.',
  done: (version, time) => `${time}에 OpenClaw ${version} 버전으로 업데이트했습니다.`,
  rolledBack: (version, time) => `${time}에 OpenClaw ${version} 업데이트를 되돌렸습니다.`,
  failures: {
    not_deployed: '배포하지 못했습니다.',
    deploy_failed: '배포하지 못했습니다.',
    not_reachable: '새 버전이 응답하지 않았습니다.',
    verify_failed: '새 버전이 점검을 통과하지 못했습니다.',
    exposed: '새 버전이 외부 요청에 응답했습니다.',
    version_differs: '예정한 것과 다른 버전이 켜졌습니다.',
    login_lost: '새 버전이 Codex 로그인을 알아보지 못했습니다.',
    smoke_failed: '새 버전이 제대로 대답하지 않았습니다.',
    by_operator: '운영자가 되돌렸습니다.',
  },
  hour: '조용한 시간',
  hourHint: '업데이트는 이 시각부터 두 시간 안에 시작합니다.',
  zone: '시간대',
  hold: '업데이트 미루기',
  holds: {
    none: '미루지 않음',
    week: '7일 동안',
    fortnight: '14일 동안',
    month: '30일 동안',
  },
  held: (time) => `${time}까지 미룸`,
  holdHint: '보안을 위한 업데이트는 미뤄도 진행하며, 그 전에 알려 드립니다.',
  save: '시간 저장',
  saving: '저장하는 중…',
  saved: '저장했습니다.',
};
