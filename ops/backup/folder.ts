/** Files of a backup. What is written is complete or not there: first aside, then renamed. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SetupError } from '#ops/deploy/output.ts';
import { manifest, row, rowsOf, sha256, lineOf } from './format.ts';
import type { Manifest, Part, Row } from './format.ts';

/** Customers' e-mail addresses are in it. */
const ownerOnly = 0o600;
const name = 'manifest.json';

const writeWhole = (path: string, data: Buffer): void => {
  const aside = `${path}.writing`;
  const file = openSync(aside, 'w', ownerOnly);
  writeSync(file, data);
  fsyncSync(file);
  closeSync(file);
  renameSync(aside, path);
};

export const writeManifest = (folder: string, value: Manifest): void => {
  writeWhole(join(folder, name), Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
};

/** Undefined when the folder holds none; throws SetupError when it cannot be read. */
export const readManifest = (folder: string): Manifest | undefined => {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    return manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new SetupError(`${path} is not a backup this version can read.`);
  }
};

export const makeFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
};

export const writePart = (
  folder: string,
  place: { readonly tableId: string; readonly number: number },
  rows: readonly Row[],
): Part => {
  const text = rows.map((each) => `${lineOf(each)}\n`).join('');
  const file = `${place.tableId}.${String(place.number).padStart(6, '0')}.jsonl.gz`;
  writeWhole(join(folder, file), gzipSync(text));
  return { file, rows: rows.length, sha256: sha256(text), lastId: rows.at(-1)?.$id ?? '' };
};

/** Throws SetupError when it is damaged: a wrong row is worse than none. */
export const readPart = (folder: string, part: Part): readonly Row[] => {
  const damaged = new SetupError(`${join(folder, part.file)} is damaged; nothing of it was used.`);
  let text: string;
  try {
    text = gunzipSync(readFileSync(join(folder, part.file))).toString('utf8');
  } catch {
    throw damaged;
  }
  if (sha256(text) !== part.sha256) throw damaged;
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => row.parse(JSON.parse(line)));
  if (rows.length !== part.rows) throw damaged;
  return rows;
};

/** Reads every part once, before anything is written anywhere. */
export const checkParts = (folder: string, { tables }: Manifest): number => {
  for (const { parts } of Object.values(tables)) {
    for (const each of parts) readPart(folder, each);
  }
  return rowsOf(Object.values(tables).flatMap(({ parts }) => parts));
};
