/** What a person reads at the door of the runtime, in both languages. Guarantees: data only. */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export const languages = ['ko', 'en'] as const;
export type Language = (typeof languages)[number];

export interface Words {
  readonly title: string;
  readonly text: string;
}

type InBoth = Readonly<Record<Language, Words>>;

const openAgain: InBoth = {
  ko: {
    title: '사이트에서 다시 열어 주세요',
    text: '이 링크는 한 번만, 2분 안에 쓸 수 있습니다. 사이트에서 “런타임 열기”를 다시 누르세요.',
  },
  en: {
    title: 'Open it from the site again',
    text: 'This link works once and within two minutes. Press “Open my runtime” on the site again.',
  },
};

const noSession: InBoth = {
  ko: {
    title: '이 브라우저에는 열린 세션이 없습니다',
    text:
      '세션이 끝났거나 이 런타임이 다른 브라우저에서 열렸습니다. 주소를 복사해서는 들어올 수 없습니다. ' +
      '사이트에서 “런타임 열기”를 누르세요.',
  },
  en: {
    title: 'No open session in this browser',
    text:
      'The session has ended, or the runtime was opened in another browser. A copied address does ' +
      'not let anybody in. Press “Open my runtime” on the site.',
  },
};

const wrongPlace: InBoth = {
  ko: {
    title: '다른 곳에서 온 요청입니다',
    text: '런타임은 사이트의 “런타임 열기” 버튼으로만 열 수 있습니다.',
  },
  en: {
    title: 'This request came from somewhere else',
    text: 'The runtime opens with the button “Open my runtime” on the site only.',
  },
};

const notAnswering: InBoth = {
  ko: {
    title: '런타임이 아직 응답하지 않습니다',
    text: '시작하는 데 1분쯤 걸릴 수 있습니다. 잠시 뒤 이 페이지를 새로 고치세요.',
  },
  en: {
    title: 'The runtime does not answer yet',
    text: 'A start can take about a minute. Reload this page in a moment.',
  },
};

const broken: InBoth = {
  ko: {
    title: '요청을 처리하지 못했습니다',
    text: '잠시 뒤 사이트에서 다시 시도해 주세요. 계속되면 아래 코드를 알려 주세요.',
  },
  en: {
    title: 'The request could not be handled',
    text: 'Try again from the site in a moment. If it stays so, tell us the code below.',
  },
};

const byCode: Partial<Record<AgentErrorCode, InBoth>> = {
  ticket_missing: openAgain,
  ticket_invalid: openAgain,
  ticket_expired: openAgain,
  ticket_replayed: openAgain,
  ticket_wrong_scope: openAgain,
  session_missing: noSession,
  origin_refused: wrongPlace,
  gateway_starting: notAnswering,
  gateway_unreachable: notAnswering,
  gateway_refused: notAnswering,
};

export function wordsFor(code: AgentErrorCode): InBoth {
  return byCode[code] ?? broken;
}

export const leaving: InBoth = {
  ko: {
    title: '이 브라우저에서 나가기',
    text: '세션과 이 브라우저에 남은 런타임의 기록을 지웁니다. 런타임은 계속 실행됩니다.',
  },
  en: {
    title: 'Leave the runtime in this browser',
    text: 'Ends the session and clears what the runtime left in this browser. It keeps running.',
  },
};

export const left: InBoth = {
  ko: {
    title: '나갔습니다',
    text: '이 브라우저의 세션과 기록을 지웠습니다. 사이트에서 다시 열 수 있습니다.',
  },
  en: {
    title: 'You have left',
    text: 'The session and its traces in this browser are gone. Open it from the site again.',
  },
};

export const buttons: Readonly<Record<'site' | 'leave', Readonly<Record<Language, string>>>> = {
  site: { ko: '사이트로 돌아가기', en: 'Back to the site' },
  leave: { ko: '나가기', en: 'Leave' },
};
