/**
 * The ways in which a pasted text can be read as an address. Guarantees: pure; bounded (a few
 * readings, each tried with at most two decodings); nothing is invented, every reading is what is
 * left of the text after things around and across it were taken away.
 */

/** Longer than any callback; the contract stops at the same length. */
const maxLength = 4096;
const maxReadings = 16;
/** Some copy them along from chats and mails; they cannot be seen. */
const invisible = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;
const opening = /^[\s<"'`([{«„“”‘’「『＜]+/;
const closing = /[\s>"'`)\]}»“”‘’」』＞.,;!、。]+$/;
/** Browsers leave the scheme out when the address is copied by hand. */
const schemeless = /^(localhost|127\.0\.0\.1)(:|\/|$)/i;
const addressInText =
  /(?:https?:\/\/|\b(?=localhost:|127\.0\.0\.1:))[^\s<>"'`()[\]“”‘’「」『』«»]+/gi;

/** Somebody's script with an address in it is not an address. */
const script = /^\s*(javascript|data|vbscript):/i;

export function readingsOf(pasted: string): readonly string[] {
  if (script.test(pasted)) return [];
  const text = pasted.slice(0, maxLength).replace(invisible, '');
  // A terminal or a mail breaks an address over lines; a chat puts words on the lines around it.
  const whole = [text.replace(/[\r\n\t]+ */g, ''), text];
  const inside = whole.flatMap((one) => one.match(addressInText) ?? []);
  const readings = new Set<string>();
  for (const candidate of [...whole, ...inside]) {
    for (const decoded of decodings(unwrap(candidate))) readings.add(decoded);
    if (readings.size >= maxReadings) break;
  }
  return [...readings];
}

function unwrap(text: string): string {
  const bare = text.trim().replace(opening, '').replace(closing, '').replaceAll('&amp;', '&');
  return schemeless.test(bare) ? `http://${bare}` : bare;
}

/**
 * Some apps encode an address once more before they hand it on. Only what is no address before its
 * query is decoded: in a good one a `%2B` belongs to the code.
 */
function decodings(text: string): readonly string[] {
  const found = [text];
  for (let current = text; found.length < 3 && isEncodedAddress(current);) {
    const decoded = decodedOnce(current);
    if (decoded === null) break;
    current = schemeless.test(decoded) ? `http://${decoded}` : decoded;
    found.push(current);
  }
  return found;
}

/** The scheme or the start of the query is written as `%3A` or `%3F` (or `%253A`). */
function isEncodedAddress(text: string): boolean {
  return (
    /^(?:https?|localhost|127\.0\.0\.1)%(?:25)*3a/i.test(text) || /^[^?]*%(?:25)*3f/i.test(text)
  );
}

function decodedOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
