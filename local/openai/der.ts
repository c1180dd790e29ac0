/**
 * The few ASN.1 DER encodings that an X.509 certificate needs, and nothing else.
 * Guarantees canonical (shortest-form) lengths and integers, so OpenSSL accepts the result.
 * Node reads certificates but cannot issue them; a bare machine may lack the `openssl` binary.
 */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One tag-length-value triple. */
export function encode(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(TAG.sequence, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return encode(TAG.set, Buffer.concat(parts));
}

/** A non-negative integer from big-endian bytes: leading zeroes dropped, sign bit kept clear. */
export function integer(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const trimmed = magnitude.subarray(start);
  const needsSign = ((trimmed[0] ?? 0) & 0x80) !== 0;
  return encode(TAG.integer, needsSign ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

export function boolean(value: boolean): Buffer {
  return encode(TAG.boolean, Buffer.from([value ? 0xff : 0x00]));
}

export function octetString(content: Uint8Array): Buffer {
  return encode(TAG.octetString, content);
}

/** `unusedBits` counts the padding bits of the last byte. */
export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return encode(TAG.bitString, Buffer.concat([Buffer.from([unusedBits]), content]));
}

export function utf8String(text: string): Buffer {
  return encode(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** `1.2.840…` in base-128 groups; the first two arcs share one byte. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(TAG.objectIdentifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const groups = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    groups.unshift((rest % 128) | 0x80);
  }
  return groups;
}

/** Whole seconds, UTC. */
export function generalizedTime(at: Date): Buffer {
  const digits = at
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[^0-9]/g, '');
  return encode(TAG.generalizedTime, Buffer.from(`${digits}Z`, 'ascii'));
}

/** A constructed context tag, `[number] EXPLICIT`. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 | number, content);
}

/** A primitive context tag, `[number] IMPLICIT`. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 | number, content);
}
