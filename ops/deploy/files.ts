/**
 * Is what runs there what would be pushed? Both sides become one digest over paths and contents:
 * the folder here, and the source archive that Appwrite keeps of the active deployment. Nothing is
 * believed because a note of ours says so.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Parser } from 'tar';

type Files = ReadonlyMap<string, string>;

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

const digestOf = (files: Files): string => {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].toSorted())
    hash.update(`${path}\n${files.get(path) ?? ''}\n`);
  return hash.digest('hex');
};

export const folderDigest = async (folder: string): Promise<string> => {
  const files = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), sha256(await readFile(path)));
  }
  return digestOf(files);
};

/** `archive`: a tar, compressed or not. */
export const archiveDigest = (archive: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const files = new Map<string, string>();
    const parser = new Parser({
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        entry.on('end', () => {
          const path = entry.path.replace(/^\.\//, '');
          if (entry.type === 'File') files.set(path, sha256(Buffer.concat(chunks)));
        });
      },
    });
    parser.on('error', reject);
    parser.on('end', () => resolve(digestOf(files)));
    parser.end(archive);
  });
