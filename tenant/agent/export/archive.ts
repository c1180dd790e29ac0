/**
 * A folder as a tar archive, piece by piece. Guarantees: what is not asked for is not read, and when
 * nobody asks any more no file stays open; files, folders and links as `entriesOf` finds them, owned by
 * whoever unpacks them.
 */
import { lstat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Header, Pax } from 'tar';
import type { HeaderData } from 'tar';
import type { Entry } from '../backup/tree.ts';
import { entriesOf } from '../backup/tree.ts';

const blockBytes = 512;
const types = { file: 'File', folder: 'Directory', link: 'SymbolicLink' } as const;

/** The folder `name` in `parent`, with everything below it. */
export async function* archiveOf(parent: string, name: string): AsyncGenerator<Buffer> {
  const root = join(parent, name);
  const mtime = new Date();
  const above: Entry = { path: '', kind: 'folder', bytes: 0, target: '' };
  for (const entry of [above, ...(await entriesOf(root))]) {
    const { mode } = await lstat(join(root, entry.path));
    const path = entry.path === '' ? name : `${name}/${entry.path}`;
    yield headOf({
      path: entry.kind === 'folder' ? `${path}/` : path,
      ...(entry.kind === 'link' ? { linkpath: entry.target } : {}),
      type: types[entry.kind],
      mode: mode & 0o777,
      size: entry.bytes,
      mtime,
    });
    if (entry.bytes === 0) continue;
    // Never more than was said, whatever happens to the file meanwhile.
    yield* createReadStream(join(root, entry.path), { end: entry.bytes - 1 });
    yield Buffer.alloc((blockBytes - (entry.bytes % blockBytes)) % blockBytes);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** What does not fit into a head stands before it. */
function headOf(data: HeaderData): Buffer {
  const header = new Header(data);
  const isTooLong = header.encode();
  const { block = Buffer.alloc(0) } = header;
  return isTooLong ? Buffer.concat([new Pax(data).encode(), block]) : block;
}
