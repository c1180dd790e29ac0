/**
 * The end of a deployment's log as an operator may read it. Guarantees: no value of an assignment,
 * no base64 or token-like text, no credentials in addresses, no e-mail; at most `logLimit`
 * characters. Rather hides too much: what is hidden can be read in Dokploy itself.
 * Kept on purpose: image digests and our own service names, which say what failed.
 */

export const logLimit = 2_000;
const hidden = '[hidden]';
const lineLimit = 300;
const inputLimit = 64 * 1024;
const inputLines = 120;
const inputLineLimit = 1_000;

const hasDigit = (text: string): boolean => /\d/.test(text);
const hasLetter = (text: string): boolean => /[a-z]/i.test(text);

/** `rt-<runtime id>-<six>` with what compose hangs on it, and digests of images. */
const ours = /\bsha256:[0-9a-f]{64}\b|\brt-[0-9a-f]{20,36}-[a-z0-9]{6}(?![A-Za-z0-9+/=])/g;

const withoutColours = (text: string): string =>
  text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '').replaceAll(/[\u0000-\u0008\u000b-\u001f]/g, '');

const value = String.raw`("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"',;]+)`;
const secretName = String.raw`[\w.-]{0,40}(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|private|credential|cookie|session|signature|verifier)[\w.-]{0,40}`;

const rules: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  // PEM blocks, whole.
  [/-----BEGIN [\s\S]*?(?:-----END [^-]*-----|$)/g, hidden],
  [/\b(authorization|proxy-authorization|cookie|set-cookie)\s*[:=].*$/gim, `$1: ${hidden}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`],
  // NAME=value, as in env files and `-e` options.
  [new RegExp(String.raw`\b([A-Za-z_][A-Za-z0-9_]{1,80})=${value}`, 'g'), `$1=${hidden}`],
  [new RegExp(String.raw`(["']?)\b(${secretName})\1\s*:\s*${value}`, 'gi'), `$1$2$1: ${hidden}`],
  [/\/\/[^\s/@]+@/g, `//${hidden}@`],
  [/(https?:\/\/[^\s"'?#]+)[?#][^\s"']*/gi, `$1?${hidden}`],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, hidden],
  // JSON web tokens and other dotted ones.
  [/\b[\w-]{16,}\.[\w-]{16,}(?:\.[\w-]+)*/g, hidden],
  [/[A-Za-z0-9+/]{40,}={0,2}/g, (found) => (hasDigit(found) ? hidden : found)],
  [/[A-Za-z0-9_-]{20,}={0,2}/g, (found) => (hasDigit(found) && hasLetter(found) ? hidden : found)],
];

/** What stands for a kept word while the rules run: short, and matched by none of them. */
const marker = (index: number): string => `\u0001${index}\u0001`;

const hide = (text: string): string => {
  const kept: string[] = [];
  const marked = text.replaceAll(ours, (found) => marker(kept.push(found) - 1));
  const cleaned = rules.reduce(
    (rest, [pattern, put]) =>
      typeof put === 'string'
        ? rest.replaceAll(pattern, put)
        : rest.replaceAll(pattern, (found) => put(found)),
    marked,
  );
  return kept.reduce((rest, word, index) => rest.replaceAll(marker(index), word), cleaned);
};

/** Dokploy frames what it is about to run; the frame says nothing about a failure. */
const isNoise = (line: string): boolean => line.trim() === '' || /^[╔║╚]/.test(line);

/** A cut never ends inside a word: half a token would pass for an ordinary one. */
const cutLine = (line: string, limit: number): string =>
  line.length <= limit ? line : line.slice(0, limit).replace(/\S*$/, '');

/** What the rules are tried on: bounded, since some look at every pair of places in a line. */
const endOf = (text: string): string =>
  text
    .slice(-inputLimit)
    .split('\n')
    .filter((line) => !isNoise(line))
    .slice(-inputLines)
    .map((line) => cutLine(line, inputLineLimit))
    .join('\n');

/** Last lines within the limit, redacted. Pure. */
export const redactLog = (text: string, limit: number = logLimit): string => {
  const lines = hide(endOf(withoutColours(text)))
    .split('\n')
    .map((line) => cutLine(line, lineLimit).trimEnd());
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.toReversed()) {
    length += line.length + 1;
    if (length > limit) break;
    kept.unshift(line);
  }
  return kept.join('\n');
};
