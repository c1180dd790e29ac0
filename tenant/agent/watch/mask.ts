/**
 * Takes out of a line of the gateway's log what nobody should read over a shoulder, before the line
 * leaves the tenant. Guarantees: pure; time grows with the length of the line alone (every quantifier
 * before a doubt is bounded); wide on purpose, because a word too many costs nothing here. OpenClaw
 * has masked the same line by its own patterns when it wrote it; this does not rely on that.
 * It cannot know a password that stands there without a name.
 */

const masked = '[masked]';

/** What is never read past this: a line of the log is a few hundred characters. */
export const readAtMost = 16_000;

const privateKey = /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g;
/** A sign-in page carries its state and challenge there, a callback its code. */
const addressQuery = /\b([a-z][a-z0-9+.-]{1,11}:\/\/[^\s"'<>?#]{1,500})[?#][^\s"'<>]+/gi;
const addressUser = /\b([a-z][a-z0-9+.-]{1,11}:\/\/)[^\s"'<>/@]{1,300}@/gi;
const eMail = /[^\s"'<>()[\]{},;:=|\\/@]{1,64}@[^\s"'<>()[\]{},;:=|\\/@]{1,190}\.[\p{L}]{2,24}/gu;
const jwt = /\beyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,4}/g;
const scheme = /\b(Bearer|Basic|Digest|Token)([ :=]+)[A-Za-z0-9._~+/=-]{6,}/gi;
/** What a person types at the sign-in page. */
const deviceCode = /(?<![A-Za-z0-9-])[A-Z0-9]{4,5}-[A-Z0-9]{4,5}(?![A-Za-z0-9-])/g;
const knownKey =
  /\b(?:sk|pk|rk|rt|at|ghp|gho|ghs|ghu|glpat|npm|hf|xox[abeprs]|AKIA|ASIA|AIza|ya29|ac)[-_.]?[A-Za-z0-9_.-]{12,}/g;

const secretName =
  '[A-Za-z0-9_.-]{0,40}(?:token|secret|passw(?:or)?d|passphrase|credential|cookie|authorization|' +
  'verifier|challenge|api[-_]?key|apikey|(?:private|access|signing|encryption)[-_]?key|' +
  'user[-_]?code|device[-_]?code|auth[-_]?code|otp)';
/** `name=value`, `"name": "value"`, `\"name\":\"value\"`, `name: value`. */
const named = new RegExp(
  `(${secretName}s?\\\\{0,4}["']?\\s{0,3}[:=]\\s{0,3})(?:\\\\{0,4}["']([^"'\\\\]{1,4000})|([^\\s"'\\\\,;&}\\]]{1,4000}))`,
  'gi',
);
/** Of a login; four digits and fewer are the codes of HTTP and of WebSocket. */
const loginPart =
  /\b(code|state|nonce|ticket)(\\{0,4}["']?\s{0,3}[:=]\s{0,3}\\{0,4}["']?)([A-Za-z0-9._~+/=-]{6,})/gi;

const run = /[A-Za-z0-9+/_=-]{24,}/g;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** `openclaw-agent-2026-11-27`: words and numbers, no chance in it. */
const words = /^(?:[A-Za-z]?[a-z]+|[A-Z]+|\d+)(?:[-_=/+]+(?:[A-Za-z]?[a-z]+|[A-Z]+|\d+))*$/;
const pathPiece = 16;
const nameAtMost = 24;

/** Digits among letters, or letters whose case turns more often than in joined words. */
const isRandom = (text: string): boolean => {
  if (!/[A-Za-z]/.test(text)) return false;
  if (/\d/.test(text)) return true;
  const turns = text.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return turns > text.length * 0.25;
};

/** A run of many slashes is a path, and judged piece by piece. */
const judgeRun = (text: string): string => {
  const slashes = text.split('/').length - 1;
  const isBase64 = /[+]|=$/.test(text) && !text.startsWith('/');
  if (slashes > text.length / 20 && !isBase64) {
    return text
      .split('/')
      .map((piece) => (piece.length < pathPiece ? piece : judgeWord(piece)))
      .join('/');
  }
  return judgeWord(text);
};

const judgeWord = (text: string): string => {
  if (uuid.test(text) || !isRandom(text) || words.test(text)) return text;
  // `conn=<uuid>`: the name before it is no part of it.
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (value.length > 0 && name.length < nameAtMost)
    return `${name}=${uuid.test(value) ? value : masked}`;
  return masked;
};

export const mask = (line: string): string =>
  line
    .slice(0, readAtMost)
    .replace(privateKey, masked)
    .replace(addressUser, `$1${masked}@`)
    .replace(addressQuery, `$1?${masked}`)
    .replace(eMail, '[e-mail]')
    .replace(jwt, masked)
    .replace(scheme, `$1$2${masked}`)
    .replace(named, `$1${masked}`)
    .replace(loginPart, (whole, name: string, between: string, value: string) =>
      /\d/.test(value) && !/^\d{1,4}$/.test(value) ? `${name}${between}${masked}` : whole,
    )
    .replace(deviceCode, masked)
    .replace(run, judgeRun)
    .replace(knownKey, masked);
