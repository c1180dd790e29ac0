/**
 * The shapes every module of the embedded Appwrite shares: a request that has been authenticated,
 * the answer it gets, a change that others may hear of, and the store behind it all.
 * Modules (account, users, teams, tablesdb, functions, sites, realtime …) export `routes`,
 * a `schema` (SQL that is safe to run at every start) and nothing that listens or times by itself.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Duplex } from 'node:stream';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Json {
  [key: string]: unknown;
}

/** One SQLite file in WAL mode. `prepare` caches statements by their text. */
export interface Store {
  readonly raw: DatabaseSync;
  prepare(sql: string): StatementSync;
  /** BEGIN IMMEDIATE … COMMIT; nested calls join the outer one. Never await inside. */
  transaction<T>(work: () => T): T;
  /**
   * Resolves when all that has been written would survive the loss of power; undefined if it
   * already would. Rejects if the disk failed.
   */
  durable(): Promise<void> | undefined;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  /** Host names of registered web platforms, for CORS and realtime origins. */
  readonly platforms: readonly string[];
  readonly settings: ProjectSettings;
}

/** Settings of a project as `push settings` and the policy routes write them. 0 = no limit. */
export interface ProjectSettings {
  readonly userLimit: number;
  readonly sessionLimit: number;
  readonly sessionDurationSeconds: number;
  readonly membershipPrivacy: boolean;
  readonly sessionInvalidation: boolean;
  readonly methods: Readonly<Record<string, boolean>>;
  readonly services: Readonly<Record<string, boolean>>;
  /** Whatever else the CLI pushes and reads back. */
  readonly rest: Readonly<Json>;
}

/** Who is calling, decided once per request. */
export interface Caller {
  readonly kind: 'guest' | 'user' | 'key' | 'admin';
  /** `any`, `guests`, `users`, `user:<id>`, `team:<id>/<role>`, `label:<x>` … */
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** Keys and console admins skip row, team and execute permissions; only scopes count. */
  readonly privileged: boolean;
  /** The user, or for `admin` the console user; '' for guests and keys. */
  readonly userId: string;
  /** '' for keys and for JWT callers: a JWT has no current session. */
  readonly sessionId: string;
  /** How refusals name the caller: e-mail address, `User`, `app.<project>@service.<host>`. */
  readonly label: string;
}

export interface UploadedFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

/** A request whose project and caller are known and whose scope has been checked. */
export interface RequestContext {
  readonly method: HttpMethod;
  /** Path below `/v1`, without the query string. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** `queries[0]=…&queries[1]=…` in index order; also `queries[]=…`. */
  readonly queries: readonly string[];
  readonly headers: IncomingHttpHeaders;
  /** JSON body or form fields; malformed JSON counts as an empty object. */
  readonly body: Json;
  readonly files: Readonly<Record<string, UploadedFile>>;
  readonly project: Project;
  readonly caller: Caller;
  readonly ip: string;
  /** Host name the request was sent to, without port. */
  readonly host: string;
  readonly secure: boolean;
  /** Value of X-Appwrite-Response-Format, or ''. */
  readonly format: string;
  readonly services: Services;
}

/** `body` undefined means 204 or an empty answer; Buffer and string go out as they are. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  /** Template parts joined to the key, such as ip, userId, email, url. */
  readonly key: (context: RequestContext) => string;
  /** A successful answer sets the counter back (log-ins). */
  readonly resetOnSuccess?: boolean;
}

export interface Route {
  readonly method: HttpMethod;
  /** Below `/v1`, with `:name` parameters. */
  readonly path: string;
  /** Scope a caller must hold; '' = public; of a list, holding one is enough. */
  readonly scope: string | readonly string[];
  readonly rateLimit?: RateLimit;
  readonly handler: (context: RequestContext) => Answer | Promise<Answer>;
}

/** Something changed. Realtime sends it to sockets; functions with a matching event run on it. */
export interface Change {
  readonly projectId: string;
  /** Names as realtime lists them, the most specific first. */
  readonly events: readonly string[];
  /** Value of `x-appwrite-event`, and what subscribed patterns are matched against. */
  readonly functionEvents: readonly string[];
  readonly channels: readonly string[];
  /** The two lists as JSON, from whoever has them cheaper than by stringifying. */
  readonly json?: { readonly events: string; readonly channels: string };
  /** Roles that may see it. */
  readonly roles: readonly string[];
  readonly payload: Json;
  /** Session user who acted; '' for keys, functions and admins. */
  readonly userId: string;
  /** User whose roles are different from now on (membership made, changed or gone; labels). */
  readonly rolesChangedFor?: string;
}

/** Publish after the write is committed: listeners cannot be taken back. */
export interface ChangeBus {
  publish(change: Change): void;
  subscribe(listener: (change: Change) => void): () => void;
}

/** Real time by default; tests move it. */
export interface ServerClock {
  now(): number;
  /** Calls `work` after `delayMs`; the returned function cancels. */
  after(delayMs: number, work: () => void): () => void;
}

export interface RuntimeRoles {
  /** Roles of a user as of now (memberships, labels), or guest roles for ''. */
  rolesOf(projectId: string, userId: string): readonly string[];
}

/** Resolves credentials that do not come with an HTTP request (realtime, function keys). */
export interface Identity extends RuntimeRoles {
  /** User and session of a session secret (cookie, header, realtime message), or undefined. */
  session(
    projectId: string,
    secret: string,
  ): { readonly userId: string; readonly sessionId: string } | undefined;
  /** Ephemeral key for one execution: `ephemeral_<jwt {projectId,scopes,exp}>`. */
  ephemeralKey(projectId: string, scopes: readonly string[], lifeSeconds: number): string;
  /** User JWT `{userId, sessionId, exp}` for one execution. */
  userJwt(
    projectId: string,
    user: { readonly userId: string; readonly sessionId: string },
    lifeSeconds: number,
  ): string;
  /** Public account object, as `GET /account` answers it. */
  account(projectId: string, userId: string): Json | undefined;
  project(projectId: string): Project | undefined;
  /** Scopes of a live API key of this project (standard or ephemeral), or undefined. */
  keyScopes(projectId: string, key: string): ReadonlySet<string> | undefined;
}

export interface Services {
  readonly store: Store;
  readonly clock: ServerClock;
  readonly changes: ChangeBus;
  readonly identity: Identity;
  readonly settings: ServerSettings;
}

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Folder for the database, deployments and sites. */
  readonly dataDir: string;
  /** Domain under which function domains live, `functions.localhost`. */
  readonly functionsDomain: string;
  readonly sitesDomain: string;
  /** Further host names under which `/v1` answers, so that a site can be same-site with the API. */
  readonly apiDomains: readonly string[];
  readonly version: '1.9.6';
}

/** A part of the server that lives as long as it: scheduler, runtimes, sockets. */
export interface Lifecycle {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** What one part of the server brings. `schema` runs at every start, before anything else. */
export interface Module {
  readonly schema: string;
  readonly routes: readonly Route[];
  readonly lifecycle?: Lifecycle;
  /** Called when a project is deleted; removes what the part keeps for it. */
  readonly forgetProject?: (projectId: string) => void;
}

/** Answers requests whose Host is not the API's: function and site domains, other rules. */
export interface DomainHandler {
  /**
   * `host` is lower-case and without port. Nothing of the body has been read.
   * False = no rule says otherwise (or the rule leads to the API): the API answers, unless the
   * host lies under the functions or sites domain, which is then an unknown domain (404 page).
   */
  handle(request: IncomingMessage, response: ServerResponse, host: string): Promise<boolean>;
}

/** Takes over a WebSocket upgrade at `/v1/realtime`; nothing has been written to the socket. */
export interface RealtimeHandler {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}
