/** 한국어: 런타임 백업. */
import type { ManageCopy } from '../en/manage.ts';

export const backups: ManageCopy['backups'] = {
  title: '백업',
  text: '하루에 한 번, 런타임을 그 서버 안에서 복사하고 암호화한 뒤 다시 열어 봅니다. 두 번째 OpenClaw가 그 위에서 켜지고 내 로그인을 알아본 백업만 셉니다. 최근 7일과 4주치를 보관합니다.',
  where:
    '백업은 런타임과 같은 서버에 있습니다. 실수로 지우거나 망가뜨린 것을 되살리지만, 그 서버의 디스크를 잃으면 백업도 함께 잃습니다.',
  newest: '마지막으로 확인한 백업',
  newestOf: (time, size) => `${time}에 만듦, ${size}`,
  none: '아직 없습니다. 첫 대화 다음 날 저절로 만들며, 지금 만들 수도 있습니다.',
  kept: (count) => `${count}개를 보관하고 있습니다.`,
  running: '만들고 확인하는 중',
  runningText: '그동안 런타임은 그대로 돕니다. 1분쯤 걸리며, 이 페이지를 떠나도 됩니다.',
  failed: (time) => `${time}에 해 본 백업은 만들지 못했습니다`,
  button: '지금 백업 만들기',
  asking: '요청하는 중…',
  stopped: '멈춰 있는 런타임은 백업을 새로 만들지 않습니다. 있던 백업은 그대로 둡니다.',
  codes: {
    running: '만드는 중입니다.',
    proven: '확인했습니다.',
    storage_full: '서버 디스크에 자리가 모자랐습니다. 런타임에는 아무 일도 없습니다.',
    too_large: '데이터가 백업 한도(16 GiB, 파일 20만 개)보다 큽니다.',
    state_unreadable: '읽을 수 없거나 계속 바뀌는 파일이 있었습니다.',
    archive_broken: '꺼낸 것이 넣은 것과 달라서 버렸습니다.',
    proof_unavailable: '확인해 줄 두 번째 OpenClaw를 쓸 수 없었습니다.',
    proof_not_started: '두 번째 OpenClaw가 그 위에서 켜지지 않아 버렸습니다.',
    proof_login_missing: '내 로그인이 들어 있지 않아 버렸습니다.',
    timeout: '너무 오래 걸렸습니다.',
    interrupted: '도중에 끊겼습니다. 다시 해 보세요.',
    unknown: '아직 이름이 없는 문제가 생겼습니다.',
  },
};
