/** One request as handlers see it; the query string is only taken apart when someone asks. */
import type { IncomingHttpHeaders } from 'node:http';
import type {
  Caller,
  HttpMethod,
  Json,
  Project,
  RequestContext,
  Services,
  UploadedFile,
} from '../kernel/types.ts';

export interface ContextParts {
  readonly method: HttpMethod;
  readonly path: string;
  readonly search: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  readonly files: Readonly<Record<string, UploadedFile>>;
  readonly project: Project;
  readonly caller: Caller;
  readonly ip: string;
  readonly host: string;
  readonly secure: boolean;
  readonly format: string;
  readonly services: Services;
}

/** `queries[]` and `queries[n]`, the latter in the order of n. */
export function queriesOf(query: URLSearchParams): string[] {
  const found: { readonly at: number; readonly text: string }[] = [];
  for (const [name, text] of query) {
    const match = /^queries(?:\[(\d*)\])?$/.exec(name);
    if (match === null) continue;
    const index = match[1] ?? '';
    found.push({ at: index === '' ? found.length : Number(index), text });
  }
  return found.sort((a, b) => a.at - b.at).map((entry) => entry.text);
}

export class Context implements RequestContext {
  readonly method: HttpMethod;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  readonly files: Readonly<Record<string, UploadedFile>>;
  readonly project: Project;
  readonly caller: Caller;
  readonly ip: string;
  readonly host: string;
  readonly secure: boolean;
  readonly format: string;
  readonly services: Services;
  readonly #search: string;
  #query: URLSearchParams | undefined;
  #queries: readonly string[] | undefined;

  constructor(parts: ContextParts) {
    this.method = parts.method;
    this.path = parts.path;
    this.params = parts.params;
    this.headers = parts.headers;
    this.body = parts.body;
    this.files = parts.files;
    this.project = parts.project;
    this.caller = parts.caller;
    this.ip = parts.ip;
    this.host = parts.host;
    this.secure = parts.secure;
    this.format = parts.format;
    this.services = parts.services;
    this.#search = parts.search;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search);
    return this.#query;
  }

  get queries(): readonly string[] {
    this.#queries ??= this.#search === '' ? [] : queriesOf(this.query);
    return this.#queries;
  }
}
