/** 한국어: Codex 로그인을 전하거나 코드를 받을 때 런타임이 거절하는 까닭. */
import type { CodexErrorCode } from '../en/codex-errors.ts';
import type { ErrorText } from '../en/error-text.ts';

const newLogin = '이전 로그인은 끝났습니다. 아래에서 새로 시작하세요.';

export const codexErrors: Readonly<Record<CodexErrorCode, ErrorText>> = {
  ticket_missing: {
    cause: '런타임에 보여 줄 통행증이 빠졌습니다.',
    next: '다시 시도하면 새 통행증을 받아 옵니다.',
  },
  ticket_invalid: {
    cause: '런타임이 통행증을 받아 주지 않았습니다.',
    next: '다시 시도하면 새 통행증을 받아 옵니다. 계속되면 운영자에게 알려 주세요.',
  },
  ticket_expired: {
    cause: '통행증의 기한이 지났습니다.',
    next: '다시 시도하면 새 통행증을 받아 옵니다.',
  },
  ticket_replayed: {
    cause: '이미 쓴 통행증입니다.',
    next: '다시 시도하면 새 통행증을 받아 옵니다.',
  },
  ticket_wrong_scope: {
    cause: '다른 용도의 통행증입니다.',
    next: '페이지를 새로 고치고 다시 보내세요.',
  },
  body_invalid: {
    cause: '런타임이 보낸 내용을 읽지 못했습니다.',
    next: '주소 전체를 다시 붙여 넣으세요.',
  },
  body_too_large: {
    cause: '주소라고 하기에는 너무 긴 내용입니다.',
    next: '브라우저 주소창의 주소만 붙여 넣으세요.',
  },
  not_found: {
    cause: '런타임이 모르는 요청입니다.',
    next: '페이지를 새로 고치세요. 계속되면 운영자에게 알려 주세요.',
  },
  origin_refused: {
    cause: '런타임은 이 서비스의 사이트에서 보낸 로그인만 받습니다.',
    next: '원래 주소로 사이트를 열고 다시 시도하세요.',
  },
  gateway_starting: {
    cause: 'OpenClaw 게이트웨이가 아직 시작하는 중입니다.',
    next: '몇 초 기다렸다가 다시 보내세요.',
  },
  gateway_unreachable: {
    cause: 'OpenClaw 게이트웨이가 응답하지 않습니다.',
    next: '잠시 뒤 다시 시도하고, 계속되면 런타임을 검증하세요.',
  },
  gateway_refused: {
    cause: 'OpenClaw 게이트웨이가 로그인을 거절했습니다.',
    next: newLogin,
  },
  codex_busy: {
    cause: '이 런타임에서 다른 Codex 로그인이 진행 중입니다.',
    next: '그 로그인을 끝내거나 1분 뒤 다시 시도하세요.',
  },
  codex_attempt_unknown: {
    cause: '런타임이 이 로그인을 더는 알지 못합니다. 다시 시작했을 수 있습니다.',
    next: newLogin,
  },
  codex_attempt_expired: {
    cause: '로그인이 너무 오래 열려 있어 기한이 지났습니다.',
    next: newLogin,
  },
  codex_pasted_authorize_url: {
    cause: '로그인 페이지 자체의 주소를 붙여 넣었습니다.',
    next: '먼저 그 페이지에서 로그인하세요. 그다음 브라우저가 마지막에 도착한 주소를 복사하세요. http://localhost로 시작합니다.',
  },
  codex_callback_malformed: {
    cause: '주소가 아닙니다.',
    next: '로그인한 뒤 브라우저 주소창 한 줄을 모두 복사해 붙여 넣으세요.',
  },
  codex_callback_truncated: {
    cause: '주소의 일부가 빠졌습니다.',
    next: '주소창을 눌러 전체를 선택해 복사한 뒤 다시 붙여 넣으세요.',
  },
  codex_wrong_attempt: {
    cause: '다른 로그인 시도의 주소입니다.',
    next: '위 버튼으로 로그인을 열고, 그 로그인이 끝난 주소를 붙여 넣으세요.',
  },
  codex_access_denied: {
    cause: 'OpenAI 페이지에서 로그인을 거절했습니다.',
    next: '로그인을 다시 시작하고, 그 페이지에서 접근을 허용해 주세요.',
  },
  codex_code_rejected: {
    cause: 'OpenAI가 코드를 받아 주지 않았습니다. 이미 썼거나 오래된 코드일 수 있습니다.',
    next: newLogin,
  },
  codex_unsupported_region: {
    cause: '이 서버나 계정이 있는 지역에서는 OpenAI가 Codex를 제공하지 않습니다.',
    next: '다시 시도해도 소용없습니다. 운영자에게 알려 주세요.',
  },
  codex_blocked: {
    cause: 'OpenAI 앞의 방화벽이 이 서버를 막고 있습니다.',
    next: '몇 분 뒤 다시 시도하세요. 계속되면 운영자에게 알려 주세요.',
  },
  codex_rate_limited: {
    cause: '지금은 OpenAI가 로그인을 더 받지 않습니다.',
    next: '10분쯤 기다렸다가 새로 로그인하세요.',
  },
  codex_upstream_unavailable: {
    cause: 'OpenAI가 지금 응답하지 않습니다.',
    next: '몇 분 뒤 다시 시도하세요.',
  },
  codex_device_disabled: {
    cause: '이 ChatGPT 계정이나 소속 워크스페이스에서 기기 코드가 꺼져 있습니다.',
    next: '주소를 붙여 넣는 방법으로 로그인하거나, ChatGPT 보안 설정에서 기기 코드를 켜세요.',
  },
  smoke_busy: {
    cause: '스모크가 이미 실행 중입니다.',
    next: '결과를 기다리세요.',
  },
  watch_full: {
    cause: '이 런타임의 로그가 이미 허용된 수만큼의 창에서 열려 있습니다.',
    next: '창 하나를 닫거나, 워크스페이스의 다른 멤버에게 닫아 달라고 하세요.',
  },
  export_busy: {
    cause: '이 런타임의 내보내기를 이미 내려받고 있습니다.',
    next: '끝난 뒤에 다시 요청하세요.',
  },
  export_too_large: {
    cause: '런타임의 데이터가 내보낼 수 있는 한도(16 GiB, 파일 20만 개)보다 큽니다.',
    next: '작업 폴더에서 필요 없는 것을 지우거나 운영자에게 알려 주세요.',
  },
  export_unreadable: {
    cause: '읽을 수 없거나 계속 바뀌는 파일이 있습니다.',
    next: '다시 시도하세요. 계속되면 런타임을 일시 정지한 뒤 내보내세요.',
  },
  import_malformed: {
    cause: '런타임에서 내보낸 파일이 아닙니다.',
    next: '내려받은 .tar.gz 파일을 그대로 고르세요.',
  },
  import_too_large: {
    cause: '가져올 수 있는 한도인 4 GiB보다 큰 파일입니다.',
    next: '큰 파일을 빼고 안내문에 적힌 대로 다시 묶거나, 운영자에게 알려 주세요.',
  },
  backup_busy: {
    cause: '이 런타임의 백업이나 가져오기가 이미 진행 중입니다.',
    next: '끝난 뒤에 파일을 다시 보내세요.',
  },
  import_key_wrong: {
    cause: '이 키로는 파일을 열 수 없습니다. 다른 키로 잠근 백업입니다.',
    next: '그 백업을 만들 때 쓰던 키 파일을 고르세요.',
  },
  recovery_key_missing: {
    cause:
      '아직 복구 키가 없습니다. 키가 없으면 서버 디스크를 잃었을 때 버킷의 사본을 아무도 열 수 없습니다.',
    next: '먼저 복구 키를 만드세요.',
  },
  bucket_unreachable: {
    cause: '엔드포인트에서 응답이 없거나 도중에 끊겼습니다.',
    next: '주소를 확인하세요. 맞다면 잠시 뒤 다시 해 보세요.',
  },
  bucket_denied: {
    cause: '버킷이 이 키를 거절했습니다.',
    next: '두 키가 맞는지, 이 버킷에 쓰고 읽고 지울 권한이 있는지 확인하세요.',
  },
  bucket_missing: {
    cause: '그 엔드포인트에 이런 이름의 버킷이 없습니다.',
    next: '이름을 확인하세요. 버킷은 저장소 업체에서 먼저 만들어야 합니다.',
  },
  bucket_misdirected: {
    cause: '버킷이 다른 리전이나 다른 주소에 있습니다.',
    next: '업체가 이 버킷에 대해 보여 주는 리전과 엔드포인트를 그대로 옮기세요.',
  },
  bucket_full: {
    cause: '저장소 업체에 남은 용량이 없습니다.',
    next: '한도를 늘리거나 버킷을 비우세요.',
  },
  bucket_forbidden: {
    cause: 'https로 열린 공개 주소가 아닙니다. 사설망에는 연결하지 않습니다.',
    next: '업체의 공개 엔드포인트를 https로 시작해 넣으세요.',
  },
  bucket_mismatch: {
    cause: '다시 읽은 내용이 쓴 내용과 다릅니다.',
    next: '다시 해 보세요. 계속되면 받은 것을 바꾸는 버킷이니 다른 것을 고르세요.',
  },
  bucket_too_large: {
    cause: '백업이 버킷으로 보낼 수 있는 5 GB보다 큽니다.',
    next: '작업 폴더의 큰 파일을 지우거나, 가끔 내보내기를 받아 두세요.',
  },
  bucket_refused: {
    cause: 'S3 호환 버킷의 응답이 아닙니다.',
    next: '엔드포인트가 웹 페이지가 아니라 S3 API 주소인지 확인하세요.',
  },
  runtime_suspended: {
    cause: '멈춰 있는 런타임입니다. 데이터를 내보내는 것만 할 수 있습니다.',
    next: '먼저 런타임을 다시 시작하세요.',
  },
  session_missing: {
    cause: '이 런타임에 세션이 없거나 이미 끝났습니다.',
    next: '이 사이트에서 런타임을 다시 여세요.',
  },
  storage_full: {
    cause: '런타임 서버의 디스크가 가득 찼습니다.',
    next: '운영자가 공간을 마련합니다. 잠시 뒤 다시 시도하세요. 잃은 것은 없습니다.',
  },
  internal: {
    cause: '런타임에서 문제가 생겼습니다.',
    next: '다시 시도하세요. 계속되면 운영자에게 알려 주세요.',
  },
  codex_callback_empty: {
    cause: '붙여 넣은 내용이 없습니다.',
    next: '로그인한 뒤 브라우저가 도착한 주소를 복사하세요.',
  },
  codex_callback_wrong_host: {
    cause: '로그인이 끝나는 주소가 아닙니다.',
    next: '맞는 주소는 http://localhost:1455/auth/callback으로 시작합니다. 그 페이지가 열리지 않는 것은 정상입니다.',
  },
  codex_login_error: {
    cause: 'OpenAI 페이지가 오류로 끝났습니다.',
    next: '위 버튼으로 로그인을 다시 여세요.',
  },
};
