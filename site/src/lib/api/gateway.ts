/**
 * The only place that knows the Appwrite SDK. Answers are plain parsed values or a `Failure`;
 * nothing throws. Loaded when a form is about to be sent, something is done, or rows are listened to;
 * what a page shows first is read by `reader.ts`.
 */
import {
  Account,
  AppwriteException,
  Client,
  ExecutionMethod,
  Functions,
  Query,
  TablesDB,
} from 'appwrite';
import * as z from 'zod/mini';
import { errorInfo, failureAnswer } from '#schemas/contract/errors.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { BodyOf, Operation, ValueOf } from '#schemas/contract/operation.ts';
import { invitationRow, teamMemberRow, timelineRow } from '#schemas/contract/rows.ts';
import type { InvitationRow, TeamMemberRow } from '#schemas/contract/rows.ts';
import { changePassword, endSession, readSessions } from './account.ts';
import type { AccountSession } from './account.ts';
import type { SiteConfig } from './config.ts';
import { appwriteFailure } from './refusal.ts';
import { siteFailure } from './failure.ts';
import { pageSize } from './limits.ts';
import type { Failure, Outcome } from './failure.ts';
import { parseRows } from './reader.ts';
import { openRealtime } from './realtime.ts';
import type { Watch } from './realtime.ts';

/** Everybody in a workspace; invitations only where an owner looks. */
export interface People {
  readonly members: readonly TeamMemberRow[];
  /** Newest first. */
  readonly invitations: readonly InvitationRow[];
}

/** A member sees who did it as well; rows written before that column are the system's. */
const historyRow = z.extend(timelineRow, { actor: z._default(z.string(), 'system') });
export type HistoryRow = z.infer<typeof historyRow>;

type AnyOperation = Operation<z.ZodMiniType, z.ZodMiniType>;

export interface Gateway {
  readonly login: (email: string, password: string) => Promise<Outcome<null>>;
  readonly logout: () => Promise<Outcome<null>>;
  readonly sessions: () => Promise<Outcome<readonly AccountSession[]>>;
  /** One that has ended already counts as ended. */
  readonly endSession: (id: string) => Promise<Outcome<null>>;
  /** The failure names its field, `old` or `password`. Ends every other session. */
  readonly changePassword: (old: string, password: string) => Promise<Outcome<null>>;
  readonly call: <O extends AnyOperation>(
    operation: O,
    body: BodyOf<O>,
  ) => Promise<Outcome<ValueOf<O>>>;
  readonly people: (workspaceId: string) => Promise<Outcome<People>>;
  /** Newest entries of the given subjects; at most `historyPageSize`. */
  readonly history: (subjectIds: readonly string[]) => Promise<Outcome<readonly HistoryRow[]>>;
  readonly watch: (onLook: () => void) => Watch;
}

const databaseId = 'main';
/** The API ends synchronous executions at 30 s; a little more, so that its answer wins. */
const timeoutMs = 35_000;

/** SDK objects have no prototype and may hold BigInt: what leaves here is plain data. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)),
  );

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorInfo, code);

const failureOf = (error: unknown): { readonly ok: false; readonly error: Failure } => {
  if (!(error instanceof AppwriteException)) return siteFailure('network_unreachable');
  return appwriteFailure(error.type, error.code);
};

class Late extends Error {}

const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), timeoutMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

const attempt = async <T>(work: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { ok: true, value: await within(work()) };
  } catch (error) {
    return error instanceof Late ? siteFailure('answer_late') : failureOf(error);
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const accepted = z.object({ ok: z.literal(true), value: z.unknown() });

/** What a function answered, held to the contract. */
export const readAnswer = <Value extends z.ZodMiniType>(
  body: string,
  shape: Value,
): Outcome<z.infer<Value>> => {
  const answer = parseJson(body);
  const envelope = accepted.safeParse(answer);
  if (envelope.success) {
    const value = shape.safeParse(envelope.data.value);
    return value.success ? { ok: true, value: value.data } : siteFailure('answer_invalid');
  }
  const refused = failureAnswer.safeParse(answer);
  if (!refused.success) return siteFailure('answer_invalid');
  const { code, retryable, field, correlationId } = refused.data.error;
  const extra = { correlationId, ...(field === undefined ? {} : { field }) };
  if (!isErrorCode(code)) return siteFailure('unknown', { ...extra, rawCode: code });
  return { ok: false, error: { code, retryable, ...extra } };
};

/** Rows of a table as this user may read them. */
const listRows = async <Shape extends z.ZodMiniType>(
  tables: TablesDB,
  table: { readonly id: string; readonly shape: Shape },
  queries: readonly string[],
): Promise<z.infer<Shape>[]> => {
  const page = await tables.listRows({
    databaseId,
    tableId: table.id,
    queries: [...queries, Query.limit(pageSize)],
    total: false,
  });
  return parseRows(page.rows.map(plain), table.shape);
};

const memberTable = { id: 'team_members', shape: teamMemberRow };
const invitationTable = { id: 'invitations', shape: invitationRow };

const readPeople = async (tables: TablesDB, workspaceId: string): Promise<People> => {
  const own = Query.equal('workspaceId', workspaceId);
  const [members, invitations] = await Promise.all([
    listRows(tables, memberTable, [own, Query.orderAsc('$createdAt')]),
    listRows(tables, invitationTable, [own, Query.orderDesc('$createdAt')]),
  ]);
  return { members, invitations };
};

const historyTable = { id: 'timeline', shape: historyRow };

const readHistory = (
  tables: TablesDB,
  subjectIds: readonly string[],
): Promise<readonly HistoryRow[]> =>
  listRows(tables, historyTable, [
    Query.equal('subjectId', [...subjectIds]),
    Query.orderDesc('at'),
  ]);

const callFunction = async <O extends AnyOperation>(
  functions: Functions,
  operation: O,
  body: BodyOf<O>,
): Promise<Outcome<ValueOf<O>>> => {
  const execution = await attempt(() =>
    functions.createExecution({
      functionId: operation.function,
      body: JSON.stringify(body),
      async: false,
      xpath: operation.path,
      method: ExecutionMethod.POST,
      headers: { 'content-type': 'application/json' },
    }),
  );
  if (!execution.ok) return execution;
  return readAnswer(execution.value.responseBody, operation.value) as Outcome<ValueOf<O>>;
};

export const openGateway = (config: SiteConfig): Gateway => {
  const client = new Client().setEndpoint(config.endpoint).setProject(config.projectId);
  const account = new Account(client);
  const functions = new Functions(client);
  const tables = new TablesDB(client);
  return {
    login: (email, password) =>
      attempt(async () => {
        await account.createEmailPasswordSession({ email, password });
        return null;
      }),
    logout: () =>
      attempt(async () => {
        await account.deleteSession({ sessionId: 'current' });
        return null;
      }),
    sessions: () => attempt(() => readSessions(account, plain)),
    endSession: async (id) => endSession(account, id, attempt),
    changePassword: (old, password) => changePassword(account, { old, password }, attempt),
    call: (operation, body) => callFunction(functions, operation, body),
    people: (workspaceId) => attempt(() => readPeople(tables, workspaceId)),
    history: (subjectIds) => attempt(() => readHistory(tables, subjectIds)),
    watch: (onLook) => openRealtime(client, onLook),
  };
};
