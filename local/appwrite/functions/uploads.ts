/**
 * Receives a deployment's archive, whole or in chunks (Content-Range, x-appwrite-id). Chunks may
 * come in any order and twice; the total is fixed by the first one and bounded.
 */
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { AppwriteError } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/types.ts';
import { MAX_UPLOAD_BYTES } from './bundle.ts';

export interface Chunk {
  readonly bytes: Buffer;
  readonly start: number;
  readonly total: number;
  /** Id of the deployment an earlier chunk began, or ''. */
  readonly uploadId: string;
}

/** 30 MB in the SDK's chunks are six; anything near this bound is a mistake. */
const MAX_CHUNKS = 1_000;
const RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

export function readChunk(context: RequestContext): Chunk {
  const file = context.files['code'];
  if (file === undefined || file.bytes.length === 0) {
    throw new AppwriteError('storage_file_empty', 'No file sent', 400);
  }
  const uploadId = String(context.headers['x-appwrite-id'] ?? '');
  const range = context.headers['content-range'];
  if (range === undefined) {
    refuseLarge(file.bytes.length);
    return { bytes: file.bytes, start: 0, total: file.bytes.length, uploadId: '' };
  }
  const [, start = '', end = '', total = ''] = RANGE.exec(range) ?? [];
  const size = Number(end) - Number(start) + 1;
  if (start === '' || Number(end) >= Number(total) || size !== file.bytes.length) {
    throw new AppwriteError('storage_invalid_content_range');
  }
  refuseLarge(Number(total));
  return { bytes: file.bytes, start: Number(start), total: Number(total), uploadId };
}

/** Chunks received after this one; a repeated chunk counts once. */
export function withChunk(
  chunks: Readonly<Record<string, number>>,
  chunk: Chunk,
): Readonly<Record<string, number>> {
  const next = { ...chunks, [String(chunk.start)]: chunk.bytes.length };
  if (Object.keys(next).length > MAX_CHUNKS) {
    throw new AppwriteError('storage_invalid_content_range');
  }
  return next;
}

export function isComplete(chunks: Readonly<Record<string, number>>, total: number): boolean {
  return Object.values(chunks).reduce((sum, bytes) => sum + bytes, 0) >= total;
}

function refuseLarge(bytes: number): void {
  if (bytes > MAX_UPLOAD_BYTES) throw new AppwriteError('storage_invalid_file_size');
}

export async function storeChunk(file: string, chunk: Chunk): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // 'r+' keeps what other chunks wrote; the first one makes the file.
  const handle = await open(file, 'r+').catch(() => open(file, 'w+'));
  try {
    await handle.write(chunk.bytes, 0, chunk.bytes.length, chunk.start);
  } finally {
    await handle.close();
  }
}
