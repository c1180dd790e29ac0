/**
 * The agent's durable state below its data folder.
 * Guarantees: files are 0600 in a 0700 folder; a replaced file is either the old or the new one
 * after a crash; an append is on the disk before it is acknowledged.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const maxFileBytes = 4 * 1024 * 1024;

/** Null when there is no such file. Throws when it is larger than anything the agent writes. */
export async function readOwnFile(path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > maxFileBytes)
      throw new Error(`${path} is larger than ${maxFileBytes} bytes`);
    return bytes.toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export async function replaceFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

export async function appendDurably(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(line);
    await file.sync();
  } finally {
    await file.close();
  }
}
