/**
 * Which service a request goes to: Traefik's routers, read from the labels of running services.
 * Pure. Understands `Host(...)` with an optional `PathPrefix(...)`; other rules route nothing.
 */

export interface Route {
  readonly router: string;
  /** Lower case, without a port. */
  readonly host: string;
  /** `/` when the rule has none. */
  readonly pathPrefix: string;
  /** The container port the label names. */
  readonly containerPort: number;
}

const rulePattern = /^Host\(`([^`]+)`\)(?:\s*&&\s*PathPrefix\(`([^`]+)`\))?$/;

export function routesOf(labels: Readonly<Record<string, string>>): Route[] {
  if (labels['traefik.enable'] !== 'true') return [];
  const routes: Route[] = [];
  for (const [key, rule] of Object.entries(labels)) {
    const router = /^traefik\.http\.routers\.([^.]+)\.rule$/.exec(key)?.[1];
    const parts = rulePattern.exec(rule.trim());
    if (router === undefined || parts?.[1] === undefined) continue;
    const service = labels[`traefik.http.routers.${router}.service`] ?? router;
    const port = Number(labels[`traefik.http.services.${service}.loadbalancer.server.port`]);
    if (!Number.isInteger(port)) continue;
    const host = parts[1].toLowerCase();
    routes.push({ router, host, pathPrefix: parts[2] ?? '/', containerPort: port });
  }
  return routes;
}

/** The longest matching prefix wins; equal ones go by the router's name, so it never flips. */
export function pickRoute<R extends Route>(
  routes: readonly R[],
  request: { readonly host: string | undefined; readonly path: string },
): R | undefined {
  const host = hostOf(request.host);
  return routes
    .filter((route) => route.host === host && request.path.startsWith(route.pathPrefix))
    .sort((a, b) => b.pathPrefix.length - a.pathPrefix.length || (a.router < b.router ? -1 : 1))[0];
}

/** Host header without its port, lower case, without a closing dot. */
export function hostOf(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
}
