/**
 * The built pages, so that a phone paints before it fetches the program: what starts the program
 * becomes a file of its own, which `boot.js` adds after the first paint together with what it needs.
 * No script stands in the page any more, so its policy allows none. Throws when a page is not as
 * SvelteKit writes it: a build that was not understood must not be shipped.
 */
import { createHash } from 'node:crypto';

export interface Page {
  readonly html: string;
  /** The file that starts the program, below the site's folder, and what is in it. */
  readonly starter: { readonly path: string; readonly text: string };
}

const preload = /\s*<link href="([^"]+\.js)" rel="modulepreload">/g;
const inlineScript = /\s*<script>([\s\S]*?)<\/script>/g;
const scriptHash = /(script-src [^;"]*?) 'sha256-[^']+'/;
const ownElement = 'document.currentScript.parentElement';
const nameLength = 8;

const laterLink = (path: string, attributes = ''): string =>
  `<link rel="later" href="${path}"${attributes}>`;

const starterOf = (html: string): Page['starter'] => {
  const scripts = [...html.matchAll(inlineScript)].map((match) => match[1] ?? '');
  const [text = ''] = scripts;
  if (scripts.length !== 1 || !text.includes(ownElement)) {
    throw new Error('The page has not the one script that starts it.');
  }
  const started = text.replace(ownElement, "document.getElementById('app')");
  const hash = createHash('sha256').update(started).digest('hex').slice(0, nameLength);
  return { path: `_app/immutable/entry/begin.${hash}.js`, text: started };
};

/** For whom a file is fetched: who was signed in here before, whose link holds an invitation. */
export type Visitor = 'seen' | 'invited';

/** A file that the program asks for as soon as it runs, fetched along with it instead of after it. */
export interface Extra {
  /** Below the site's folder. */
  readonly path: string;
  /** Only in this language; else in any. */
  readonly language?: string;
  /** Only for this visitor; else for all. */
  readonly visitor?: Visitor;
}

const extraLink = ({ path, language, visitor }: Extra): string => {
  const words = language === undefined ? '' : ` data-words="${language}"`;
  return laterLink(`/${path}`, words + (visitor === undefined ? '' : ` data-visitor="${visitor}"`));
};

export const deferScripts = (html: string, extras: readonly Extra[]): Page => {
  const starter = starterOf(html);
  const needed = [...html.matchAll(preload)].map((match) => match[1] ?? '');
  if (needed.length === 0 || !scriptHash.test(html)) {
    throw new Error('The page names no scripts, or no policy for them.');
  }
  const links = [
    ...needed.map((path) => laterLink(path)),
    ...extras.map(extraLink),
    laterLink(`/${starter.path}`, ' data-starter'),
  ];
  const rest = html.replace(preload, '').replace(inlineScript, '').replace(scriptHash, '$1');
  // Last in the head: `boot.js` reads them when it runs.
  const boot = /<script src="[^"]*boot\.js"><\/script>/;
  const [bootTag] = boot.exec(rest) ?? [];
  if (bootTag === undefined) throw new Error('The page has no boot.js.');
  const placed = rest.replace(boot, '').replace('</head>', `${links.join('')}${bootTag}</head>`);
  return { html: placed, starter };
};
