/**
 * What a page reads before anything is done: who is signed in, and their rows. Plain requests that a
 * browser sends without asking first (the project stands in the address, as in Appwrite's own links),
 * so that the SDK is fetched after the first paint, by who acts or listens. Nothing throws.
 */
import * as z from 'zod/mini';
import { orderRow, runtimeRow, teamMemberRow, workspaceRow } from '#schemas/contract/rows.ts';
import type { OrderRow, RuntimeRow, TeamMemberRow, WorkspaceRow } from '#schemas/contract/rows.ts';
import type { SiteConfig } from './config.ts';
import { appwriteFailure } from './refusal.ts';
import { siteFailure } from './failure.ts';
import type { Outcome } from './failure.ts';
import { pageSize } from './limits.ts';
import { storedSession } from './seen.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly labels: readonly string[];
}

export interface Rows {
  readonly workspaces: readonly WorkspaceRow[];
  readonly orders: readonly OrderRow[];
  readonly runtimes: readonly RuntimeRow[];
  /** What this user is in each workspace. */
  readonly roles: readonly TeamMemberRow[];
}

export interface Reader {
  readonly user: () => Promise<Outcome<User>>;
  readonly rows: (userId: string) => Promise<Outcome<Rows>>;
}

const timeoutMs = 35_000;
const userShape = z.object({
  $id: z.string(),
  email: z.string(),
  name: z.string(),
  labels: z._default(z.array(z.string()), []),
});
const refusal = z.object({ type: z._default(z.string(), '') });
const rowsShape = z.object({ rows: z.array(z.unknown()) });

/** Rows this page cannot read are left out: a newer word must not hide every other row. */
export const parseRows = <Shape extends z.ZodMiniType>(
  rows: readonly unknown[],
  shape: Shape,
): z.infer<Shape>[] =>
  rows.flatMap((row) => {
    const parsed = shape.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });

type Query = Readonly<Record<string, unknown>>;
const newestFirst: Query = { method: 'orderDesc', attribute: '$createdAt' };
const oldestFirst: Query = { method: 'orderAsc', attribute: '$createdAt' };

type Ask = (
  path: string,
  search?: readonly (readonly [string, string])[],
) => Promise<Outcome<unknown>>;

const asking =
  ({ endpoint, projectId }: SiteConfig): Ask =>
  async (path, search = []) => {
    const query = new URLSearchParams([['project', projectId], ...search].map(([n, v]) => [n, v]));
    const stored = storedSession();
    try {
      const response = await fetch(`${endpoint}${path}?${query.toString()}`, {
        credentials: 'include',
        headers: stored === null ? {} : { 'X-Fallback-Cookies': stored },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer: unknown = await response.json().catch(() => null);
      if (response.ok) return { ok: true, value: answer };
      return appwriteFailure(refusal.safeParse(answer).data?.type ?? '', response.status);
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      return siteFailure(isLate ? 'answer_late' : 'network_unreachable');
    }
  };

const readUser = async (ask: Ask): Promise<Outcome<User>> => {
  const answer = await ask('/account');
  if (!answer.ok) return answer;
  const user = userShape.safeParse(answer.value);
  if (!user.success) return siteFailure('answer_invalid');
  const { $id: id, email, name, labels } = user.data;
  return { ok: true, value: { id, email, name, labels } };
};

const listRows = async <Shape extends z.ZodMiniType>(
  ask: Ask,
  table: { readonly id: string; readonly shape: Shape },
  queries: readonly Query[],
): Promise<Outcome<z.infer<Shape>[]>> => {
  const all = [...queries, { method: 'limit', values: [pageSize] }];
  const answer = await ask(`/tablesdb/main/tables/${table.id}/rows`, [
    ...all.map((query, index) => [`queries[${index}]`, JSON.stringify(query)] as const),
    ['total', 'false'],
  ]);
  if (!answer.ok) return answer;
  const page = rowsShape.safeParse(answer.value);
  if (!page.success) return siteFailure('answer_invalid');
  return { ok: true, value: parseRows(page.data.rows, table.shape) };
};

const readRows = async (ask: Ask, userId: string): Promise<Outcome<Rows>> => {
  const workspaces = await listRows(ask, { id: 'workspaces', shape: workspaceRow }, [oldestFirst]);
  if (!workspaces.ok) return workspaces;
  if (workspaces.value.length === 0) {
    // A guest may list too and gets nothing: an ended session must not look like an empty one.
    const user = await readUser(ask);
    const nothing: Rows = { workspaces: [], orders: [], runtimes: [], roles: [] };
    return user.ok ? { ok: true, value: nothing } : user;
  }
  const ids = workspaces.value.map((row) => row.$id);
  const mine = [{ method: 'equal', attribute: 'workspaceId', values: ids }, newestFirst];
  const own = { method: 'equal', attribute: 'userId', values: [userId] };
  const [orders, runtimes, roles] = await Promise.all([
    listRows(ask, { id: 'orders', shape: orderRow }, mine),
    listRows(ask, { id: 'runtimes', shape: runtimeRow }, mine),
    listRows(ask, { id: 'team_members', shape: teamMemberRow }, [own]),
  ]);
  if (!orders.ok) return orders;
  if (!runtimes.ok) return runtimes;
  if (!roles.ok) return roles;
  const rows = { workspaces: workspaces.value, orders: orders.value, runtimes: runtimes.value };
  return { ok: true, value: { ...rows, roles: roles.value } };
};

export const openReader = (config: SiteConfig): Reader => {
  const ask = asking(config);
  return { user: () => readUser(ask), rows: (userId) => readRows(ask, userId) };
};
