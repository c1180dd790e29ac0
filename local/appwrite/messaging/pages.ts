/**
 * What `/_mail` shows. Guarantees: no script, nothing loaded from elsewhere, everything that a mail
 * says goes through `escape`; the mail's own HTML is shown in a frame that can do nothing but open
 * a link in a window of its own.
 */

export interface ShownMail {
  readonly seq: number;
  /** Null: the account is gone. */
  readonly to: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly at: string;
}

const STYLE = `
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --ink: #16202e; --soft: #5c6675;
  --line: #d9dfe8; --accent: #1e5fd8; --note: #fff3d6; --note-ink: #5a4100; }
@media (prefers-color-scheme: dark) { :root { --ground: #10141a; --card: #1a2029; --ink: #e9edf3;
  --soft: #9aa5b4; --line: #323b48; --accent: #7db0ff; --note: #35290c; --note-ink: #f4d58a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.55;
  font-family: system-ui, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 1rem 1rem 3rem; }
h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { background: var(--note); color: var(--note-ink); border-radius: .75rem; padding: .75rem 1rem;
  font-size: .875rem; }
.soft { color: var(--soft); font-size: .875rem; }
ol { list-style: none; margin: 0; padding: 0; }
li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  margin-bottom: .5rem; padding: .75rem 1rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem;
  white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
iframe { width: 100%; height: 28rem; border: 1px solid var(--line); border-radius: .75rem;
  background: #fff; }
`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function frame(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="note" data-testid="mail-note"><strong>A mailbox for trying things out.</strong>
No mail leaves this machine: what would have been sent is shown here, to whoever is at it.</p>
${body}
</main>
</body>
</html>`;
}

const address = ({ to }: ShownMail): string => escape(to ?? 'deleted account');

function line(mail: ShownMail): string {
  return `<li data-testid="mail"><a href="/_mail/${mail.seq}">${escape(mail.subject)}</a>
<div class="soft">To ${address(mail)}, <time datetime="${escape(mail.at)}">${escape(mail.at)}</time></div></li>`;
}

export function mailsPage(mails: readonly ShownMail[]): string {
  const list =
    mails.length === 0
      ? '<p data-testid="no-mail">Nothing was sent yet.</p>'
      : `<ol>${mails.map(line).join('\n')}</ol>`;
  return frame('Mailbox', `<h1>Mailbox</h1>\n${list}`);
}

export function mailPage(mail: ShownMail): string {
  const shown =
    mail.html === null
      ? ''
      : `<h2>As it looks</h2>
<iframe title="The mail as it looks" src="/_mail/${mail.seq}/html"
sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
  return frame(
    mail.subject,
    `<p><a href="/_mail">All mails</a></p>
<h1 data-testid="subject">${escape(mail.subject)}</h1>
<dl><dt>To</dt><dd data-testid="to">${address(mail)}</dd>
<dt>Sent</dt><dd><time datetime="${escape(mail.at)}">${escape(mail.at)}</time></dd></dl>
<h2>As text</h2>
<pre data-testid="text">${escape(mail.text)}</pre>
${shown}`,
  );
}

export function missingPage(): string {
  return frame('No such mail', '<h1>No such mail</h1>\n<p><a href="/_mail">All mails</a></p>');
}

/** Links of the mail open outside of the frame, which cannot show other sites. */
export const inFrame = (html: string): string => `<base target="_blank">${html}`;
