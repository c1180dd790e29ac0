/**
 * What Dokploy writes to the host: the compose file with domains as Traefik labels and networks.
 * Guarantees: a pure function of row and domains, in the shape of the recording
 * `compose-17-getConvertedCompose`; a domain of an unknown service is an error.
 */
import { parse as parseYaml, stringify } from 'yaml';

export interface ConvertibleDomain {
  readonly host: string;
  readonly path: string | null;
  readonly port: number | null;
  readonly https: boolean;
  readonly certificateType: string;
  readonly serviceName: string | null;
  readonly uniqueConfigKey: number;
  readonly enabled: boolean;
}

export interface ConvertInput {
  readonly composeFile: string;
  readonly appName: string;
  readonly isolated: boolean;
  readonly domains: readonly ConvertibleDomain[];
}

type Tree = Record<string, unknown>;

/** Throws the YAML parser's own error on a broken file, as the real one passes it on. */
export function convertCompose(input: ConvertInput): string {
  const file = asTree(parseYaml(input.composeFile));
  const services = asTree(file['services']);
  const network = input.isolated ? input.appName : 'dokploy-network';
  const active = input.domains.filter((domain) => domain.enabled);
  for (const domain of active) {
    const service = services[domain.serviceName ?? ''];
    if (service === null || typeof service !== 'object') {
      throw new Error(
        `Domain "${domain.host}" is attached to service "${domain.serviceName ?? ''}" ` +
          'which does not exist in the compose',
      );
    }
    addLabels(service as Tree, [
      `traefik.docker.network=${network}`,
      ...routerLabels(input.appName, domain),
    ]);
  }
  for (const [name, service] of Object.entries(services)) {
    if (service === null || typeof service !== 'object') continue;
    const routed = active.some((domain) => domain.serviceName === name);
    if (routed) addLabels(service as Tree, ['traefik.enable=true']);
    if (input.isolated) addNetworks(service as Tree, [network]);
    else if (routed) addNetworks(service as Tree, [network, 'default']);
  }
  const external = input.isolated ? { name: network, external: true } : { external: true };
  if (input.isolated || active.length > 0) {
    file['networks'] = { ...asTree(file['networks']), [network]: external };
  }
  return stringify(file, { lineWidth: 1000 });
}

/** Names of the services, in the file's order. */
export function serviceNames(composeFile: string): string[] {
  return Object.keys(asTree(asTree(parseYaml(composeFile))['services']));
}

function asTree(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Tree)
    : {};
}

function routerLabels(appName: string, domain: ConvertibleDomain): string[] {
  const base = `${appName}-${domain.uniqueConfigKey}`;
  const web = entrypointLabels(`${base}-web`, 'web', domain);
  if (!domain.https) return web;
  web.push(`traefik.http.routers.${base}-web.middlewares=redirect-to-https@file`);
  const secure = entrypointLabels(`${base}-websecure`, 'websecure', domain);
  if (domain.certificateType === 'letsencrypt') {
    secure.push(`traefik.http.routers.${base}-websecure.tls.certresolver=letsencrypt`);
  }
  return [...web, ...secure];
}

function entrypointLabels(router: string, entrypoint: string, domain: ConvertibleDomain) {
  const path = domain.path !== null && domain.path !== '/' ? domain.path : null;
  const prefix = path === null ? '' : ` && PathPrefix(\`${path}\`)`;
  return [
    `traefik.http.routers.${router}.rule=Host(\`${domain.host}\`)${prefix}`,
    `traefik.http.routers.${router}.entrypoints=${entrypoint}`,
    `traefik.http.services.${router}.loadbalancer.server.port=${domain.port ?? 3000}`,
    `traefik.http.routers.${router}.service=${router}`,
  ];
}

/** Keeps the form the author chose: a list grows, a map gets keys. */
function addLabels(service: Tree, labels: readonly string[]): void {
  const present = service['labels'];
  if (present !== null && typeof present === 'object' && !Array.isArray(present)) {
    for (const label of labels) {
      const at = label.indexOf('=');
      (present as Tree)[label.slice(0, at)] = label.slice(at + 1);
    }
    return;
  }
  const list: unknown[] = Array.isArray(present) ? (present as unknown[]) : [];
  service['labels'] = [...list, ...labels.filter((label) => !list.includes(label))];
}

function addNetworks(service: Tree, networks: readonly string[]): void {
  const present = service['networks'];
  if (present !== null && typeof present === 'object' && !Array.isArray(present)) {
    for (const network of networks) (present as Tree)[network] ??= null;
    return;
  }
  const list: unknown[] = Array.isArray(present) ? (present as unknown[]) : [];
  service['networks'] = [...list, ...networks.filter((network) => !list.includes(network))];
}
