/**
 * A secret in every form in which it could have been carried away: as it is, escaped for JSON or a
 * URL, in base64 at any offset, in hexadecimal, turned into UTF-16. Pure.
 */

/** Shorter ones are found by chance. */
export const shortestSecret = 12;

export interface Canary {
  /** What it is, for the report: `access token`. The secret itself is never printed. */
  readonly kind: string;
  readonly secret: string;
}

export interface Needle {
  readonly kind: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Of base64 the first and last character depend on the neighbours, so they are left out. */
const base64Forms = (secret: Buffer): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64');
    const skipped = offset === 0 ? 0 : offset + 1;
    const whole = Math.floor(((offset + secret.length) * 4) / 3);
    return shifted.slice(skipped, whole - 1);
  });

const formsOf = (secret: string): ReadonlyMap<string, Buffer> => {
  const bytes = Buffer.from(secret);
  const forms = new Map<string, Buffer>([
    ['plain', bytes],
    ['JSON', Buffer.from(JSON.stringify(secret).slice(1, -1))],
    ['URL', Buffer.from(encodeURIComponent(secret))],
    ['hexadecimal', Buffer.from(bytes.toString('hex'))],
    ['UTF-16', Buffer.from(secret, 'utf16le')],
  ]);
  for (const [offset, text] of base64Forms(bytes).entries()) {
    forms.set(`base64+${offset}`, Buffer.from(text));
    const url = text.replaceAll('+', '-').replaceAll('/', '_');
    forms.set(`base64url+${offset}`, Buffer.from(url));
  }
  return forms;
};

/** Throws when a secret is too short to be looked for. */
export const needlesOf = (canaries: readonly Canary[]): readonly Needle[] =>
  canaries.flatMap(({ kind, secret }) => {
    if (secret.length < shortestSecret) throw new Error(`${kind} is too short to be looked for`);
    const seen = new Set<string>();
    return [...formsOf(secret)].flatMap(([form, bytes]) => {
      const key = bytes.toString('latin1');
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ kind, form, bytes }];
    });
  });
