/**
 * Which container a request goes to, as Traefik's Docker provider decides it: running containers
 * with `traefik.enable`, healthy where they have a healthcheck, at their address on the network that
 * the label names. Pure.
 */
import type { RoutedRequest, Upstream } from '../backend.ts';
import { pickRoute, routesOf } from '../ingress/routes.ts';
import type { EngineContainer } from './inspect.ts';

export function upstreamOf(
  containers: readonly EngineContainer[],
  request: RoutedRequest,
): Upstream | undefined {
  const routes = containers.filter(isRoutable).flatMap((container) => {
    const address = addressOf(container);
    return routesOf(container.labels).map((route) => ({ ...route, address }));
  });
  const route = pickRoute(routes, request);
  if (route?.address === undefined) return undefined;
  return { host: route.address, port: route.containerPort };
}

/** Traefik takes a container that is starting or unhealthy off its routes. */
function isRoutable({ state, health }: EngineContainer): boolean {
  return state === 'running' && (health === undefined || health === 'healthy');
}

function addressOf({ labels, addresses }: EngineContainer): string | undefined {
  const network = labels['traefik.docker.network'];
  const named = network === undefined ? undefined : addresses[network];
  return named ?? Object.values(addresses)[0];
}
