/**
 * The frame and the look of every page here: one inline style sheet, no script, nothing loaded.
 * Guarantees: all text that comes from outside goes through `escape`.
 */
const STYLE = `
:root { color-scheme: light dark; --ground: #f4f4f2; --card: #fff; --ink: #1b1c1d; --soft: #62656a;
  --line: #dfe0e2; --accent: #0c7a5c; --accent-ink: #fff; --note: #fff6dc; --note-ink: #5b4300; }
@media (prefers-color-scheme: dark) { :root { --ground: #131415; --card: #1d1f21; --ink: #ececec;
  --soft: #a2a6ab; --line: #35383c; --accent: #3ecf9f; --accent-ink: #06281d; --note: #33290e;
  --note-ink: #f3d88b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.55; word-break: keep-all;
  font-family: system-ui, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
.note { background: var(--note); color: var(--note-ink); border-radius: .75rem; margin: 0 0 1rem;
  padding: .75rem 1rem; font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  padding: 1.5rem 1.25rem; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .25rem; }
h1 + p { margin-top: 0; }
.en, .soft { color: var(--soft); font-size: .875rem; }
.en { display: block; }
.note .en { color: inherit; margin-top: .25rem; }
fieldset { border: 0; margin: 1.25rem 0; padding: 0; display: grid; gap: .5rem; }
legend { font-weight: 600; margin-bottom: .5rem; padding: 0; }
.choice { display: flex; gap: .75rem; align-items: center; border: 1px solid var(--line);
  border-radius: .75rem; padding: .75rem 1rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--accent); outline: 1px solid var(--accent); }
.choice span span { display: block; overflow-wrap: anywhere; }
input[type=radio] { accent-color: var(--accent); width: 1.125rem; height: 1.125rem; flex: none; }
input[type=text] { width: 100%; font: inherit; font-size: 1.25rem; letter-spacing: .08em;
  padding: .625rem .875rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--ground); color: inherit; text-transform: uppercase; }
button { display: block; width: 100%; font: inherit; font-weight: 600; padding: .8125rem 1rem;
  margin-top: .625rem; border-radius: .75rem; border: 1px solid var(--line); cursor: pointer;
  background: transparent; color: inherit; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { overflow-wrap: anywhere; }
ol, ul { padding-left: 1.25rem; margin: .5rem 0; }
`;

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A whole page; the first thing on it says what this place is not. */
export function frame(title: string, body: string): string {
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="note" data-testid="stand-in-note">이곳은 이 컴퓨터에서만 도는 OpenAI <strong>대역</strong>입니다.
실제 OpenAI 계정, 비밀번호, 요금과는 아무 관계가 없고 어떤 언어 모델도 돌지 않습니다.
<span class="en" lang="en">A stand-in on this machine: no real account, no password, no charge, no model.</span></p>
${body}
</main>
</body>
</html>`;
}
