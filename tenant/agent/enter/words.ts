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
    text: '이 링크는 한 번만, 2분 안에 쓸 수 있습니다. 사이트로 돌아가 같은 버튼을 다시 누르세요.',
  },
  en: {
    title: 'Open it from the site again',
    text: 'This link works once and within two minutes. Go back to the site and press the same button again.',
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

const exportBusy: InBoth = {
  ko: {
    title: '이미 내려받고 있습니다',
    text: '이 런타임의 내보내기는 한 번에 하나만 만들 수 있습니다. 끝난 뒤 사이트에서 다시 요청하세요.',
  },
  en: {
    title: 'An export is being downloaded already',
    text: 'A runtime makes one export at a time. Ask for it on the site again when that one has ended.',
  },
};

const noRoom: InBoth = {
  ko: {
    title: '서버 디스크에 자리가 모자랍니다',
    text: '내보낼 파일을 만들 자리가 없습니다. 런타임에는 아무 일도 없습니다. 아래 코드를 알려 주세요.',
  },
  en: {
    title: 'Not enough room on the server’s disk',
    text: 'There is no room to make the archive. Your runtime is untouched. Tell us the code below.',
  },
};

const tooLarge: InBoth = {
  ko: {
    title: '내보내기에는 너무 큽니다',
    text: '내보낼 수 있는 한도는 16 GiB, 파일 20만 개입니다. 작업 폴더에서 필요 없는 것을 지우세요.',
  },
  en: {
    title: 'Too large to be exported',
    text: 'An export may have 16 GiB and 200,000 files. Delete what is not needed in the workspace.',
  },
};

const unreadable: InBoth = {
  ko: {
    title: '읽을 수 없는 파일이 있습니다',
    text: '읽을 수 없거나 계속 바뀌는 파일이 있어 내보내지 못했습니다. 런타임을 일시 정지한 뒤 다시 해 보세요.',
  },
  en: {
    title: 'A file could not be read',
    text: 'A file could not be read, or changed all the time. Pause the runtime and export it then.',
  },
};

const suspended: InBoth = {
  ko: {
    title: '멈춰 있는 런타임입니다',
    text: '데이터는 그대로 있고, 사이트에서 내보낼 수 있습니다. 열려면 먼저 다시 시작하세요.',
  },
  en: {
    title: 'This runtime is stopped',
    text: 'Its data is kept and can be exported on the site. To open it, start it again first.',
  },
};

const byCode: Partial<Record<AgentErrorCode, InBoth>> = {
  ticket_missing: openAgain,
  ticket_invalid: openAgain,
  ticket_expired: openAgain,
  ticket_replayed: openAgain,
  ticket_wrong_scope: openAgain,
  session_missing: noSession,
  export_busy: exportBusy,
  export_too_large: tooLarge,
  export_unreadable: unreadable,
  storage_full: noRoom,
  runtime_suspended: suspended,
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
