/**
 * All bytes of a message between the server and a function's process. Listens instead of
 * iterating: an async iterator would be a tenth of what an execution costs here.
 */
import type { IncomingMessage } from 'node:http';

/** Undefined, and the rest unread, where there are more than `maxBytes`. */
export function collect(message: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      message.destroy();
      resolve(undefined);
    });
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', reject);
  });
}
