/**
 * Looks for secrets where they must not be. Guarantees: every regular file below a folder is read
 * whole, compressed ones also unpacked; a hit says what was found, in which form and where, never
 * the secret; how much was read is counted, so that a scan of nothing does not pass for a clean one.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Needle } from './needles.ts';

export interface Hit {
  readonly kind: string;
  readonly form: string;
  readonly place: string;
}

export interface Scan {
  readonly hits: readonly Hit[];
  readonly files: number;
  readonly bytes: number;
}

/** None of what is scanned unpacks to more. */
const maxUnpackedBytes = 512 * 1024 * 1024;

export const scanBytes = (
  content: Buffer,
  place: string,
  needles: readonly Needle[],
): readonly Hit[] =>
  needles
    .filter(({ bytes }) => content.includes(bytes))
    .map(({ kind, form }) => ({ kind, form, place }));

const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;

/** Files that vanish while being read (a write-ahead log that was folded in) hold nothing. */
const readAll = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return Buffer.alloc(0);
    throw error;
  }
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** `skips`: paths below the folder that belong to somebody else, such as the tenant's volumes. */
export const scanFolder = (
  folder: string,
  needles: readonly Needle[],
  skips: readonly string[] = [],
): Scan => {
  const isSkipped = (path: string): boolean =>
    skips.some((skip) => path === join(folder, skip) || path.startsWith(join(folder, skip, '/')));
  const hits: Hit[] = [];
  let files = 0;
  let bytes = 0;
  for (const path of filesBelow(folder).filter((each) => !isSkipped(each))) {
    const content = readAll(path);
    const place = relative(folder, path);
    hits.push(...scanBytes(content, place, needles));
    if (isGzip(content)) {
      const unpacked = gunzipSync(content, { maxOutputLength: maxUnpackedBytes });
      hits.push(...scanBytes(unpacked, `${place} (unpacked)`, needles));
    }
    files += 1;
    bytes += content.length;
  }
  return { hits, files, bytes };
};
