/**
 * Finds the route of a method and path. Paths without parameters are one map look-up; the rest
 * walk a tree in which fixed segments win over parameters.
 */
import type { HttpMethod, Route } from '../kernel/types.ts';

interface Leaf {
  readonly route: Route;
  readonly names: readonly string[];
}

interface Node {
  readonly fixed: Map<string, Node>;
  parameter: Node | undefined;
  leaf: Leaf | undefined;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  find(method: string, path: string): Match | undefined;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const newNode = (): Node => ({ fixed: new Map(), parameter: undefined, leaf: undefined });

function childFor(node: Node, segment: string): Node {
  if (segment.startsWith(':')) {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const known = node.fixed.get(segment);
  if (known !== undefined) return known;
  const made = newNode();
  node.fixed.set(segment, made);
  return made;
}

function insert(root: Node, route: Route): void {
  const segments = route.path.slice(1).split('/');
  const names = segments.filter((part) => part.startsWith(':')).map((part) => part.slice(1));
  let node = root;
  for (const segment of segments) node = childFor(node, segment);
  if (node.leaf !== undefined) throw new Error(`Two routes ${route.method} ${route.path}`);
  node.leaf = { route, names };
}

function walk(
  node: Node,
  segments: readonly string[],
  index: number,
  values: string[],
): Leaf | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.leaf;
  const fixed = node.fixed.get(segment);
  const found = fixed === undefined ? undefined : walk(fixed, segments, index + 1, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const viaParameter = walk(node.parameter, segments, index + 1, values);
  if (viaParameter === undefined) values.pop();
  return viaParameter;
}

function decodeSegment(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Throws if two routes answer the same method and path shape. */
export function createRouter(routes: readonly Route[]): Router {
  const roots = new Map<HttpMethod, Node>();
  const direct = new Map<string, Match>();
  for (const route of routes) {
    const root = roots.get(route.method) ?? newNode();
    roots.set(route.method, root);
    insert(root, route);
    if (!route.path.includes(':')) {
      direct.set(`${route.method} ${route.path}`, { route, params: NO_PARAMS });
    }
  }
  return {
    find(method, path) {
      const known = direct.get(`${method} ${path}`);
      if (known !== undefined) return known;
      const root = roots.get(method as HttpMethod);
      if (root === undefined) return undefined;
      const values: string[] = [];
      const leaf = walk(root, path.slice(1).split('/'), 0, values);
      if (leaf === undefined) return undefined;
      const params: Record<string, string> = {};
      leaf.names.forEach((name, index) => {
        params[name] = decodeSegment(values[index] ?? '');
      });
      return { route: leaf.route, params };
    },
  };
}
