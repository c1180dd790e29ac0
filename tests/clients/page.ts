/**
 * The page's own program: runs in Chromium with the unmodified web SDK and does what the test tells
 * it by name. Answers are plain data; a refusal is an answer with its code and type.
 */
import {
  Account,
  AppwriteException,
  Client,
  ExecutionMethod,
  Functions,
  Query,
  Realtime,
  TablesDB,
} from 'appwrite';

export interface Outcome {
  /** 0 where no answer came at all. */
  readonly code: number;
  readonly type: string;
  readonly message: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Heard {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const place = { databaseId: 'main', tableId: 'notes' };
const rowChannel = 'tablesdb.main.tables.notes.rows';

/** Columns of a table the SDK's types know nothing of. */
const titled = (title: string): object => ({ title });

const plain = (value: unknown): Outcome['body'] =>
  JSON.parse(
    JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? String(one) : one)),
  ) as Outcome['body'];

const attempt = async (work: Promise<unknown>): Promise<Outcome> => {
  try {
    return { code: 200, type: '', message: '', body: plain((await work) ?? {}) };
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof AppwriteException)) return { code: 0, type: '', message, body: {} };
    return { code: error.code, type: error.type, message, body: {} };
  }
};

let client = new Client();
let realtime = new Realtime(client);
let opened = 0;
const heard = new Map<string, Heard[]>();

const account = (): Account => new Account(client);
const tables = (): TablesDB => new TablesDB(client);
const functions = (): Functions => new Functions(client);
let settings = { endpoint: '', projectId: '' };

const commands = {
  open: (endpoint: string, projectId: string): void => {
    settings = { endpoint, projectId };
    client = new Client().setEndpoint(endpoint).setProject(projectId);
    realtime = new Realtime(client);
    realtime.onOpen(() => {
      opened += 1;
    });
  },
  signUp: (userId: string, email: string, password: string) =>
    attempt(account().create({ userId, email, password })),
  logIn: (email: string, password: string) =>
    attempt(account().createEmailPasswordSession({ email, password })),
  logOut: () => attempt(account().deleteSession({ sessionId: 'current' })),
  me: () => attempt(account().get()),
  rename: (name: string) => attempt(account().updateName({ name })),
  jwt: () => attempt(account().createJWT()),
  /** A client that holds a JWT; whether the browser adds a cookie is the browser's business. */
  meByJwt: (jwt: string) => {
    const { endpoint, projectId } = settings;
    const other = new Client().setEndpoint(endpoint).setProject(projectId).setJWT(jwt);
    return attempt(new Account(other).get());
  },
  create: (rowId: string, title: string, permissions?: string[]) =>
    attempt(
      tables().createRow({
        ...place,
        rowId,
        data: titled(title),
        ...(permissions === undefined ? {} : { permissions }),
      }),
    ),
  get: (rowId: string) => attempt(tables().getRow({ ...place, rowId })),
  update: (rowId: string, title: string) =>
    attempt(tables().updateRow({ ...place, rowId, data: titled(title) })),
  remove: (rowId: string) => attempt(tables().deleteRow({ ...place, rowId })),
  list: () => attempt(tables().listRows({ ...place, queries: [Query.limit(100)] })),
  execute: (async: boolean, body: string) =>
    attempt(
      functions().createExecution({
        functionId: 'echo',
        body,
        async,
        xpath: '/path?q=1',
        method: ExecutionMethod.PUT,
        headers: { 'x-extra': 'given' },
      }),
    ),
  execution: (executionId: string) =>
    attempt(functions().getExecution({ functionId: 'echo', executionId })),
  /** Under `name`: rows, or with a title only those of that title. */
  listen: async (name: string, channels?: string[], title?: string): Promise<void> => {
    const list: Heard[] = [];
    heard.set(name, list);
    const queries = title === undefined ? [] : [Query.equal('title', title)];
    await realtime.subscribe(
      channels ?? [rowChannel],
      ({ events, payload }) => list.push({ event: events[0] ?? '', payload: plain(payload) }),
      queries,
    );
  },
  heard: (name: string): readonly Heard[] => heard.get(name) ?? [],
  opened: (): number => opened,
};

export type Commands = typeof commands;
Object.assign(globalThis, { commands });
