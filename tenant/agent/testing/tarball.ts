/** Archives such as nobody honest packs: every head as it is told, with a body of its own. */
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { HeaderData } from 'tar';

const blockBytes = 512;

/** `bytes`: the body; `size`: what the head claims, where that is something else. */
export type Head = HeaderData & { readonly bytes?: Buffer };

const database = 'state/state/openclaw.sqlite';
/** What makes it a state at all. */
export const stateHead: Head = { path: 'state/openclaw.json', bytes: Buffer.from('{}') };
export const brokenDatabase: Head = { path: database, bytes: Buffer.alloc(4_096, 0x55) };

export function tarOf(heads: readonly Head[]): Buffer {
  const parts = heads.flatMap(({ bytes = Buffer.alloc(0), ...data }) => {
    const header = new Header({ type: 'File', mode: 0o600, size: bytes.length, ...data });
    header.encode();
    const rest = (blockBytes - (bytes.length % blockBytes)) % blockBytes;
    return [header.block ?? Buffer.alloc(0), bytes, Buffer.alloc(rest)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

export const archiveWith = (...heads: readonly Head[]): Buffer =>
  gzipSync(tarOf([stateHead, ...heads]));
