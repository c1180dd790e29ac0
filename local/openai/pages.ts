/**
 * The pages a person sees: sign in, device code, and the plain answers around them.
 * Guarantees: forms work without script, and each button keeps its `data-testid`.
 */
import type { Account } from './accounts.ts';
import { escape, frame } from './look.ts';

function choices(accounts: readonly Account[]): string {
  const rows = accounts.map(
    (account, index) => `<label class="choice" data-testid="account-${escape(account.key)}">
<input type="radio" name="account" value="${escape(account.key)}"${index === 0 ? ' checked' : ''}>
<span>${escape(account.label)}<span class="soft">${escape(account.email)}</span></span>
</label>`,
  );
  return `<fieldset><legend>계정 선택 <span class="soft" lang="en">Choose an account</span></legend>
${rows.join('\n')}</fieldset>`;
}

const DECISIONS = `<button class="main" name="decision" value="continue" data-testid="continue">
계속 · Continue</button>
<button name="decision" value="deny" data-testid="deny">거부 · Deny</button>`;

/** `action` is the address of the page itself: deciding posts the same request. */
export function authorizePage(action: string, accounts: readonly Account[]): string {
  return frame(
    'Sign in to OpenAI (stand-in)',
    `<form class="card" method="post" action="${escape(action)}">
<h1>OpenAI 로그인 (대역)</h1>
<p class="en" lang="en">Sign in to OpenAI (stand-in) · Codex</p>
${choices(accounts)}
<p><strong>다음 화면은 열리지 않는 것이 정상입니다.</strong>
주소가 <code>http://localhost:1455/…</code>로 시작하면, 주소창의 주소 전체를 복사해
원래 화면에 붙여 넣으세요.
<span class="en" lang="en">The next page will not load, and that is expected: copy its whole
address from the address bar and paste it where you came from.</span></p>
${DECISIONS}
</form>`,
  );
}

export function devicePage(accounts: readonly Account[], userCode: string, wrong = false): string {
  const complaint = wrong
    ? `<p role="alert" data-testid="device-wrong">코드가 틀렸거나, 만료되었거나, 이미 사용되었습니다.
<span class="en" lang="en">This code is wrong, expired, or already used.</span></p>`
    : '';
  return frame(
    'Device code (stand-in)',
    `<form class="card" method="post" action="/codex/device">
<h1>기기 코드 입력</h1>
<p class="en" lang="en">Enter the code shown on your other screen</p>
${complaint}
<label>코드 <input type="text" name="user_code" value="${escape(userCode)}" required
maxlength="9" autocomplete="off" placeholder="XXXX-XXXX" data-testid="user-code"></label>
${choices(accounts)}
${DECISIONS}
</form>`,
  );
}

export function donePage(agreed: boolean): string {
  const text = agreed
    ? [
        '연결되었습니다',
        '이 창을 닫고 원래 화면으로 돌아가세요.',
        'Linked. You may close this tab.',
      ]
    : ['거부했습니다', '아무것도 연결되지 않았습니다.', 'Denied. Nothing was linked.'];
  return frame(
    'Device code (stand-in)',
    `<div class="card" data-testid="${agreed ? 'device-linked' : 'device-denied'}">
<h1>${text[0] ?? ''}</h1><p>${text[1] ?? ''}</p><p class="en" lang="en">${text[2] ?? ''}</p></div>`,
  );
}

/** `reason` names the parameter, never its value. */
export function problemPage(reason: string): string {
  return frame(
    'Sign-in refused (stand-in)',
    `<div class="card" data-testid="problem"><h1>로그인 요청이 올바르지 않습니다</h1>
<p>링크가 잘렸거나 바뀌었습니다. 원래 화면에서 새 링크를 받으세요.
<span class="en" lang="en">The sign-in link is not complete: ask for a new one where you came
from.</span></p><p class="soft"><code>${escape(reason)}</code></p></div>`,
  );
}

export function frontPage(): string {
  return frame(
    'OpenAI stand-in',
    `<div class="card"><h1>OpenAI 대역</h1>
<p class="en" lang="en">OpenAI stand-in</p>
<ul>
<li>하는 일: Codex 로그인(주소 붙여 넣기, 기기 코드), 토큰 발급과 갱신, 짧은 답 스트리밍</li>
<li>하지 않는 일: 비밀번호 확인, 과금, 언어 모델, 도구 호출, 이미지와 음성, API 키</li>
</ul>
<p class="en" lang="en">It signs in, issues tokens and streams short answers. It checks no password,
charges nothing, runs no model, calls no tools.</p></div>`,
  );
}

/** What a gatekeeper in front of the real service shows to an address it does not like. */
export function gatekeeperPage(): string {
  return '<!doctype html><title>Attention Required!</title><h1>Sorry, you have been blocked</h1>';
}
