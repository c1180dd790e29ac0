/**
 * The few pages a person can meet at the door of the runtime. Guarantees: whole in themselves, no
 * script, nothing loaded from anywhere, both languages with the browser's own first; nothing a
 * caller said is repeated in them.
 */
import { createHash } from 'node:crypto';
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import { buttons, languages, leaving, left, wordsFor } from './words.ts';
import type { Language, Words } from './words.ts';

const style = `
:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:34rem;padding:2rem 1.5rem}
h1{font-size:1.35rem;line-height:1.35;margin:0 0 .5rem}
h2{font-size:1rem;margin:2rem 0 .25rem}
p{margin:0 0 1rem}
section+section{opacity:.8;font-size:.95rem}
a,button{font:inherit;color:inherit}
.actions a,.actions button{display:inline-block;padding:.5rem 1rem;border:1px solid;
border-radius:.5rem;background:none;text-decoration:none;cursor:pointer}
form{display:inline}
code{font-size:.85rem}
`.trim();

const styleHash = createHash('sha256').update(style).digest('base64');

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Content {
  readonly words: Readonly<Record<Language, Words>>;
  readonly code: string | null;
  readonly siteOrigin: string;
  readonly language: Language;
  /** Where the only button posts to. */
  readonly action: string | null;
}

export interface Reader {
  readonly siteOrigin: string;
  readonly acceptLanguage: string | undefined;
}

export function refusalPage(code: AgentErrorCode, reader: Reader): Page {
  return render({ words: wordsFor(code), code, action: null, ...placed(reader) });
}

export function leavePage(action: string, reader: Reader): Page {
  return render({ words: leaving, code: null, action, ...placed(reader) });
}

export function leftPage(reader: Reader): Page {
  return render({ words: left, code: null, action: null, ...placed(reader) });
}

/** Korean where the browser names it before English, English otherwise. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const named = (acceptLanguage ?? '').toLowerCase().match(/\b(?:ko|en)\b/);
  return named?.[0] === 'ko' ? 'ko' : 'en';
}

function placed({ siteOrigin, acceptLanguage }: Reader): Pick<Content, 'siteOrigin' | 'language'> {
  return { siteOrigin, language: languageOf(acceptLanguage) };
}

function render(content: Content): Page {
  const { words, language, code } = content;
  const other = languages.find((one) => one !== language) ?? language;
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(words[language].title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<section><h1>${escape(words[language].title)}</h1>
<p>${escape(words[language].text)}</p>
${actions(content, language)}</section>
<section lang="${other}"><h2>${escape(words[other].title)}</h2>
<p>${escape(words[other].text)}</p>
${actions(content, other)}</section>
${code === null ? '' : `<p><code>${escape(code)}</code></p>`}
</main>
</body>
</html>
`;
  return { html, headers: pageHeaders(content.action !== null) };
}

function actions({ action, siteOrigin }: Content, language: Language): string {
  const site = `<a href="${escape(siteOrigin)}/" rel="noreferrer">${buttons.site[language]}</a>`;
  if (action === null) return `<p class="actions">${site}</p>`;
  const leave = `<button>${buttons.leave[language]}</button>`;
  const form = `<form method="post" action="${escape(action)}">${leave}</form>`;
  return `<p class="actions">${form} ${site}</p>`;
}

function pageHeaders(hasForm: boolean): Page['headers'] {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action ${hasForm ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    // With no-referrer a browser would post the form with `Origin: null`.
    ...(hasForm ? { 'referrer-policy': 'same-origin' } : {}),
  };
}

function escape(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (sign) => named[sign] ?? sign);
}
