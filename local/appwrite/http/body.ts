/**
 * Reads a request body, never more than 12 MiB of it: JSON, urlencoded or multipart. Malformed
 * JSON counts as an empty object, as on the real server.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { AppwriteError } from '../kernel/errors.ts';
import { isJsonObject, parseJson } from '../kernel/params.ts';
import type { Json, UploadedFile } from '../kernel/types.ts';
import { readWithin, type BodyBudget } from './budget.ts';

export const MAX_BODY_BYTES = 12 * 1024 * 1024;
const MAX_FORM_FIELDS = 1000;
const MAX_FORM_FILES = 10;

export interface ParsedBody {
  readonly body: Json;
  readonly files: Readonly<Record<string, UploadedFile>>;
}

const EMPTY: ParsedBody = Object.freeze({ body: Object.freeze({}), files: Object.freeze({}) });

const tooLarge = (): AppwriteError => new AppwriteError('general_entity_too_large');

function readAll(request: IncomingMessage, budget: BodyBudget): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  return readWithin(request, { maxBytes: MAX_BODY_BYTES, budget }, tooLarge);
}

/** A form names what it likes: without a prototype there is none to write to. */
const emptyForm = (): Json => Object.create(null) as Json;

/** `a[0]=x` and `a[]=x` make a list, `a[k]=x` an object, as PHP reads forms. */
export function addField(into: Json, name: string, value: unknown): void {
  const match = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name);
  if (match === null) {
    into[name] = value;
    return;
  }
  const [, base = '', index = ''] = match;
  const held = Object.hasOwn(into, base) ? into[base] : undefined;
  if (/^\d*$/.test(index)) {
    if (Array.isArray(held)) held.push(value);
    else into[base] = [value];
  } else {
    const fields = isJsonObject(held) ? held : emptyForm();
    fields[index] = value;
    into[base] = fields;
  }
}

function collect(stream: BusboyFileStream, done: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // A part cut short fails here as well as in the parser, which is who refuses it.
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
  });
  stream.on('end', () => {
    done(Buffer.concat(chunks));
  });
}

function parseMultipart(raw: Buffer, contentType: string): Promise<ParsedBody> {
  return new Promise((resolve, reject) => {
    const body = emptyForm();
    const files = Object.create(null) as Record<string, UploadedFile>;
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        fields: MAX_FORM_FIELDS,
        files: MAX_FORM_FILES,
        fileSize: MAX_BODY_BYTES,
        fieldSize: MAX_BODY_BYTES,
      },
    });
    parser.on('field', (name, value) => {
      addField(body, name, value);
    });
    parser.on('file', (...[name, stream, fileName, , mimeType]) => {
      collect(stream, (bytes) => {
        files[name] = { fileName, mimeType, bytes };
      });
    });
    parser.on('error', reject);
    parser.on('finish', () => {
      resolve({ body, files });
    });
    parser.end(raw);
  });
}

function parseForm(raw: Buffer): ParsedBody {
  const body = emptyForm();
  let fields = 0;
  for (const [name, value] of new URLSearchParams(raw.toString('utf8'))) {
    fields += 1;
    if (fields > MAX_FORM_FIELDS) break;
    addField(body, name, value);
  }
  return { body, files: {} };
}

export async function readBody(request: IncomingMessage, budget: BodyBudget): Promise<ParsedBody> {
  const { headers, method } = request;
  const empty =
    headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (method === 'GET' || empty) return EMPTY;
  const raw = await readAll(request, budget);
  const contentType = headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) {
    try {
      return await parseMultipart(raw, contentType);
    } catch {
      return EMPTY;
    }
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) return parseForm(raw);
  const parsed = isUtf8(raw) ? parseJson(raw.toString('utf8')) : undefined;
  return isJsonObject(parsed) ? { body: parsed, files: {} } : EMPTY;
}
