/**
 * The note that lies in every export, in both languages. Guarantees: pure; its blocks of commands are
 * the same in both and are what the tests run, word for word (tests/tenant/leaving.ts).
 */
export interface About {
  /** Where it ran, such as `acme.runtimes.example`. */
  readonly host: string;
  readonly day: string;
  /** OpenClaw's image; '' = not known. */
  readonly image: string;
}

/** In the order in which they are pasted. */
const commands = {
  check: 'sha256sum --check --quiet SHA256SUMS && echo complete',
  token: [
    'umask 077',
    "printf 'OPENCLAW_GATEWAY_TOKEN=%s\\n' \\",
    `  "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \\n')" > .env`,
  ].join('\n'),
  prepare: 'docker compose run --rm prepare',
  start: 'docker compose up --detach --wait',
  login: 'docker compose exec openclaw openclaw models status',
  turn: 'docker compose exec openclaw openclaw agent --agent main --message "Say hello."',
  open: 'docker compose exec openclaw openclaw dashboard --no-open',
  devices: 'docker compose exec openclaw openclaw devices list',
} as const;

const block = (command: string): string => `\`\`\`sh\n${command}\n\`\`\``;

export const englishNote = ({ host, day, image }: About): string => `# Your OpenClaw, to take away

Made on ${day} from https://${host}. In this folder:

- \`state/\`: everything of your OpenClaw: settings, conversations, memory, **logins**, and in
  \`state/workspace/\` the files of your workspace
- \`compose.yaml\`: how to run it on any machine with Docker
- \`SHA256SUMS\`: to see that all of it is here, unchanged

**Whoever has this folder has your logins.** Keep it as you keep a password, and delete it when you
do not need it any more.

**One login runs in one place.** OpenAI gives a login a new key from time to time and takes the old one
back. If this OpenClaw and the one at ${host} both run, one of them is soon logged out. So pause
the runtime on the site, or delete it, before step 4. Messages of your channels would be answered twice
as well.

## Start it on a machine of your own

You need Docker with Compose 2, 2 GiB of free memory, and a shell in this folder (on Windows: WSL).
The image is \`${image === '' ? 'ghcr.io/openclaw/openclaw:latest' : image}\`; Docker fetches it.

1. See that everything is here. It must print \`complete\` (on a Mac: \`shasum -a 256 -c SHA256SUMS\`):

${block(commands.check)}

2. Make a key for your own OpenClaw. It is written to \`.env\`; nobody else has it:

${block(commands.token)}

3. Give the files to the user that OpenClaw runs as:

${block(commands.prepare)}

4. Start it. The first time takes some minutes, because of the image:

${block(commands.start)}

5. See that it knows your login:

${block(commands.login)}

6. Let it answer once. This is a real question to your model:

${block(commands.turn)}

## Open it in a browser

This prints the address; the token that the page asks for is in \`.env\`.
It works on this machine only; from elsewhere use an SSH tunnel
(\`ssh -L 18789:127.0.0.1:18789 …\`), and do not open the port to the internet:

${block(commands.open)}

The browser then asks to be let in. This lists its request; let it in with
\`docker compose exec openclaw openclaw devices approve <request>\`:

${block(commands.devices)}

## Later

- Stop: \`docker compose down\`. Look at the log: \`docker compose logs openclaw\`.
- Back up: stop it and copy this folder.
- Update: write another version into \`compose.yaml\`, back up, then \`docker compose up --detach --wait\`.
- Back to a runtime of the platform: its page takes this very archive (the \`.tar.gz\` file) under
  “Import”. A folder that has run since is packed again with its service stopped:
  \`sudo tar -czf openclaw.tar.gz state\`.
`;

export const koreanNote = ({ host, day, image }: About): string => `# 내 OpenClaw 가져가기

${day}에 https://${host}에서 만들었습니다. 이 폴더에는 다음이 있습니다.

- \`state/\`: 내 OpenClaw의 모든 것. 설정, 대화, 기억, **로그인**이 있고, 작업 파일은
  \`state/workspace/\`에 있습니다
- \`compose.yaml\`: Docker가 있는 어느 컴퓨터에서나 실행하는 방법
- \`SHA256SUMS\`: 빠지거나 바뀐 것이 없는지 확인하는 목록

**이 폴더를 가진 사람은 내 로그인도 가집니다.** 비밀번호처럼 보관하고, 필요 없어지면 지우세요.

**로그인 하나는 한 곳에서만 쓰세요.** OpenAI는 때때로 로그인의 키를 새것으로 바꾸고 옛 키를
거둬들입니다. 여기와 ${host}에서 함께 실행하면 곧 한쪽의 로그인이 풀립니다. 채널의 메시지에도
두 번 답하게 됩니다. 4단계 전에 사이트에서 런타임을 일시 정지하거나 삭제하세요.

## 내 컴퓨터에서 실행하기

Docker와 Compose 2, 비어 있는 메모리 2 GiB, 그리고 이 폴더에서 연 셸이 필요합니다(Windows는 WSL).
이미지는 \`${image === '' ? 'ghcr.io/openclaw/openclaw:latest' : image}\`이며 Docker가 내려받습니다.

1. 빠진 것이 없는지 확인합니다. \`complete\`가 나와야 합니다(Mac은 \`shasum -a 256 -c SHA256SUMS\`).

${block(commands.check)}

2. 내 OpenClaw의 열쇠를 만듭니다. \`.env\`에 적히고 다른 누구에게도 없습니다.

${block(commands.token)}

3. OpenClaw를 실행하는 사용자에게 파일을 넘깁니다.

${block(commands.prepare)}

4. 시작합니다. 처음에는 이미지를 받느라 몇 분 걸립니다.

${block(commands.start)}

5. 내 로그인을 알아보는지 확인합니다.

${block(commands.login)}

6. 한 번 대답하게 해 봅니다. 내 모델에 실제로 묻습니다.

${block(commands.turn)}

## 브라우저로 열기

다음 명령이 주소를 알려 줍니다. 페이지가 묻는 토큰은 \`.env\`에 있습니다. 이 컴퓨터에서만 열립니다. 다른 곳에서는 SSH 터널을 쓰고
(\`ssh -L 18789:127.0.0.1:18789 …\`), 포트를 인터넷에 열지 마세요.

${block(commands.open)}

그러면 브라우저가 허락을 기다립니다. 다음 명령으로 요청을 보고
\`docker compose exec openclaw openclaw devices approve <요청>\`으로 허락하세요.

${block(commands.devices)}

## 그 뒤에는

- 멈추기: \`docker compose down\`. 로그 보기: \`docker compose logs openclaw\`.
- 백업: 멈춘 뒤 이 폴더를 복사하세요.
- 업데이트: 백업한 뒤 \`compose.yaml\`의 버전을 바꾸고 \`docker compose up --detach --wait\`.
- 플랫폼의 런타임으로 돌아오기: 런타임 페이지의 “가져오기”에 이 파일(\`.tar.gz\`)을 그대로
  올리세요. 그동안 실행한 폴더는 멈춘 뒤 다시 묶습니다: \`sudo tar -czf openclaw.tar.gz state\`.
`;
