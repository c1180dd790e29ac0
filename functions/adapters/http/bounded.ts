/** Reads an answer of somebody else's server no further than a limit. */

/** The text, or null when there is more of it than `limitBytes`. */
export const readBounded = async (
  response: Response,
  limitBytes: number,
): Promise<string | null> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.byteLength;
    if (bytes > limitBytes) return null;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
};
