/**
 * Event patterns of functions: which ones may be subscribed to, and which subscriptions a change
 * wakes. As on 1.9.6 the roots `tablesdb` and `functions` are refused: rows are heard of as
 * `databases.<db>.tables.<table>.rows.<row>.<action>` or in the older collections spelling.
 */
import { own } from '../kernel/own.ts';

interface ResourceNode {
  readonly actions: readonly string[];
  readonly children?: Readonly<Record<string, ResourceNode>>;
}

const CRUD = ['create', 'update', 'delete'] as const;
const ROW: ResourceNode = { actions: [...CRUD, 'upsert'] };
const COLUMN: ResourceNode = { actions: CRUD };

/** `name.<id>[.child.<id>…][.action[.attribute]]`: the shape of every event. */
const CATALOGUE: Readonly<Record<string, ResourceNode>> = {
  users: {
    actions: CRUD,
    children: {
      sessions: { actions: CRUD },
      recovery: { actions: CRUD },
      verification: { actions: CRUD },
      challenges: { actions: CRUD },
      targets: { actions: CRUD },
    },
  },
  databases: {
    actions: CRUD,
    children: {
      collections: {
        actions: CRUD,
        children: { documents: ROW, attributes: COLUMN, indexes: COLUMN },
      },
      tables: { actions: CRUD, children: { rows: ROW, columns: COLUMN, indexes: COLUMN } },
    },
  },
  buckets: { actions: CRUD, children: { files: { actions: CRUD } } },
  teams: { actions: CRUD, children: { memberships: { actions: CRUD } } },
  rules: { actions: CRUD },
};

const UPDATE_ATTRIBUTES = ['email', 'name', 'password', 'status', 'prefs', 'labels', 'phone'];
const SEGMENT = /^(\*|[A-Za-z0-9._-]{1,36})$/;
const MAX_SEGMENTS = 9;

export function isEventPattern(pattern: string): boolean {
  const parts = pattern.split('.');
  const [root = '', ...rest] = parts;
  const node = own(CATALOGUE, root);
  if (node === undefined || parts.length > MAX_SEGMENTS) return false;
  return matchesNode(node, rest);
}

function matchesNode(node: ResourceNode, parts: readonly string[]): boolean {
  const [id, next, ...rest] = parts;
  if (id === undefined || !SEGMENT.test(id)) return false;
  if (next === undefined) return true;
  const child = own(node.children ?? {}, next);
  if (child !== undefined) return matchesNode(child, rest);
  if (!node.actions.includes(next)) return false;
  if (rest.length === 0) return true;
  const attributes = [...UPDATE_ATTRIBUTES, 'roles'];
  return rest.length === 1 && next === 'update' && attributes.includes(rest[0] ?? '');
}

/** True if one of the generated events of a change is what `pattern` names. */
export function matchesEvent(pattern: string, event: string): boolean {
  if (pattern === event) return true;
  const wanted = pattern.split('.');
  const given = event.split('.');
  if (wanted.length !== given.length) return false;
  return wanted.every((part, at) => part === '*' || part === given[at]);
}

export function wakes(patterns: readonly string[], events: readonly string[]): boolean {
  return patterns.some((pattern) => events.some((event) => matchesEvent(pattern, event)));
}
