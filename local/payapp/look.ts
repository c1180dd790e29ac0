/**
 * The frame and the look of the payer's pages: one inline style sheet, no script, nothing loaded.
 * Guarantees: all text that comes from outside goes through `escape`.
 */
const STYLE = `
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --ink: #16202e; --soft: #5c6675;
  --line: #d9dfe8; --accent: #1e5fd8; --accent-ink: #fff; --note: #fff3d6; --note-ink: #5a4100;
  --bad: #b3261e; --good: #14713f; }
@media (prefers-color-scheme: dark) { :root { --ground: #10141a; --card: #1a2029; --ink: #e9edf3;
  --soft: #9aa5b4; --line: #323b48; --accent: #7db0ff; --accent-ink: #0b1b33; --note: #35290c;
  --note-ink: #f4d58a; --bad: #ff8a80; --good: #6fd8a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.55; word-break: keep-all;
  font-family: system-ui, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif; }
main { max-width: 26rem; margin: 0 auto; padding: 1rem 1rem 3rem; }
header { display: flex; justify-content: space-between; align-items: baseline; padding: .25rem 0 .75rem;
  font-weight: 700; }
header span { color: var(--soft); font-weight: 400; font-size: .8125rem; }
.note { background: var(--note); color: var(--note-ink); border-radius: .75rem; margin: 0 0 .875rem;
  padding: .75rem 1rem; font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  padding: 1.25rem; margin-bottom: .875rem; }
h1 { font-size: 1.25rem; line-height: 1.35; margin: 0 0 .25rem; overflow-wrap: anywhere; }
.price { font-size: 2rem; font-weight: 700; letter-spacing: -.01em; margin: .25rem 0 0;
  font-variant-numeric: tabular-nums; }
.soft, .en { color: var(--soft); font-size: .875rem; }
.en { display: block; } .note .en { color: inherit; }
.good { color: var(--good); } .bad { color: var(--bad); }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; margin: 1rem 0 0;
  font-size: .9375rem; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; display: grid; gap: .5rem; }
legend { font-weight: 600; margin-bottom: .5rem; padding: 0; }
.choice { display: flex; gap: .75rem; align-items: center; border: 1px solid var(--line);
  border-radius: .75rem; padding: .75rem 1rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--accent); outline: 1px solid var(--accent); }
input[type=radio] { accent-color: var(--accent); width: 1.125rem; height: 1.125rem; flex: none; }
.field { display: block; margin-bottom: .75rem; font-size: .875rem; color: var(--soft); }
input[type=text] { width: 100%; font: inherit; font-size: 1rem; padding: .5625rem .75rem;
  margin-top: .25rem; color: var(--ink); background: var(--ground); border: 1px solid var(--line);
  border-radius: .625rem; }
button, .button { display: block; width: 100%; font: inherit; font-weight: 600; text-align: center;
  padding: .8125rem 1rem; margin-top: .625rem; border-radius: .75rem; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: inherit; text-decoration: none; }
.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button:focus-visible, .button:focus-visible, input:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
td { padding: .5rem .25rem; border-top: 1px solid var(--line); vertical-align: top; }
td:last-child { text-align: right; white-space: nowrap; }
a { color: var(--accent); } a.main { color: var(--accent-ink); }
`;

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** `39,000원` */
export function won(amountKrw: number): string {
  return `${String(amountKrw).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',')}원`;
}

/** A whole page; the first thing on it says that no money moves. */
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
<header>페이앱 샌드박스 <span lang="en">PayApp sandbox</span></header>
<p class="note" data-testid="sandbox-note"><strong>연습용 결제창입니다. 실제 돈은 움직이지 않습니다.</strong>
카드사·은행·카카오에 연결하지 않고, 카드 번호를 묻지 않으며, 문자나 영수증을 보내지 않습니다.
<span class="en" lang="en">A sandbox: no real money moves, no bank or card
company is asked, no text message or tax receipt is sent.</span></p>
${body}
</main>
</body>
</html>`;
}
