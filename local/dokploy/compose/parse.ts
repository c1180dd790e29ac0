/**
 * Reads a compose file into a ComposeProject.
 * Guarantees: the result is closed (every dependency and volume it names exists, no cycle); what
 * the process backend cannot honour (build, entrypoint, bind mounts) is refused by name.
 * Limits of a container that a process cannot have (read_only, cap_drop, memory) are dropped.
 */
import { parse as parseYaml } from 'yaml';
import * as z from 'zod/mini';
import {
  ComposeError,
  type ComposeProject,
  type ComposeService,
  type DependencyCondition,
  type Healthcheck,
  type RestartPolicy,
  type Variables,
  type VolumeMount,
} from './model.ts';
import { durationMs, interpolate, splitWords } from './text.ts';

const maxServices = 32;
/** Would change what runs or what it reads, and has no meaning for a process. */
const unsupported = ['build', 'entrypoint', 'extends', 'secrets', 'configs', 'network_mode'];
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const listOrMap = z.union([z.array(scalar), z.record(z.string(), scalar)]);
const duration = z.union([z.string(), z.number()]);
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

const rawService = z.looseObject({
  image: z.optional(z.string()),
  command: z.optional(z.union([z.string(), z.array(z.coerce.string()), z.null()])),
  environment: z.optional(z.nullable(listOrMap)),
  env_file: z.optional(z.unknown()),
  labels: z.optional(z.nullable(listOrMap)),
  volumes: z.optional(
    z.nullable(z.array(z.union([z.string(), z.looseObject({ type: z.string() })]))),
  ),
  depends_on: z.optional(
    z.nullable(
      z.union([
        z.array(z.string()),
        z.record(z.string(), z.looseObject({ condition: z.optional(condition) })),
      ]),
    ),
  ),
  healthcheck: z.optional(
    z.nullable(
      z.looseObject({
        test: z.optional(z.union([z.string(), z.array(z.string())])),
        disable: z.optional(z.boolean()),
        interval: z.optional(duration),
        timeout: z.optional(duration),
        start_period: z.optional(duration),
        retries: z.optional(z.number()),
      }),
    ),
  ),
  restart: z.optional(z.string()),
  stop_grace_period: z.optional(duration),
  hostname: z.optional(z.string()),
  expose: z.optional(z.array(z.union([z.string(), z.number()]))),
  ports: z.optional(z.array(z.unknown())),
});
type RawService = z.infer<typeof rawService>;

const rawFile = z.looseObject({
  services: z.record(z.string(), rawService),
  volumes: z.optional(
    z.nullable(z.record(z.string(), z.nullable(z.looseObject({ name: z.optional(z.string()) })))),
  ),
});

export interface ParseInput {
  readonly text: string;
  readonly appName: string;
  /** Content of the `.env` beside the file. */
  readonly variables: Variables;
}

export function parseCompose(input: ParseInput): {
  project: ComposeProject;
  warnings: readonly string[];
} {
  const unset = new Set<string>();
  const tree = interpolateTree(readYaml(input.text), input.variables, unset);
  const parsed = z.safeParse(rawFile, tree);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ComposeError(`validating docker-compose.yml: ${issue?.path.join('.') ?? ''} invalid`);
  }
  const entries = Object.entries(parsed.data.services);
  if (entries.length === 0) throw new ComposeError('no service selected');
  if (entries.length > maxServices) throw new ComposeError(`more than ${maxServices} services`);
  const volumes = new Map(
    Object.entries(parsed.data.volumes ?? {}).map(([key, volume]) => [
      key,
      volume?.name ?? `${input.appName}_${key}`,
    ]),
  );
  for (const name of volumes.values()) checkVolumeName(name);
  const services = entries.map(([name, raw]) => toService(name, raw, input.variables));
  checkReferences(services, volumes);
  return {
    project: { services: startOrder(services), volumes },
    warnings: [...unset].map((name) => unsetWarning(name)),
  };
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text) as unknown;
  } catch (error) {
    throw new ComposeError(`yaml: ${error instanceof Error ? error.message : 'not readable'}`);
  }
}

function unsetWarning(name: string): string {
  return `level=warning msg="The \\"${name}\\" variable is not set. Defaulting to a blank string."`;
}

function interpolateTree(node: unknown, variables: Variables, unset: Set<string>): unknown {
  if (typeof node === 'string') return interpolate(node, variables, unset);
  if (Array.isArray(node)) return node.map((item) => interpolateTree(item, variables, unset));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, interpolateTree(value, variables, unset)]),
  );
}

/** A volume's name becomes a folder's: nothing that could leave the volumes folder. */
function checkVolumeName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw new ComposeError(`create ${name}: volume name is not allowed`);
  }
}

function toService(name: string, raw: RawService, variables: Variables): ComposeService {
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw new ComposeError(`service name "${name}" is not allowed: invalid compose project`);
  }
  const refused = unsupported.find((key) => raw[key] !== undefined && raw[key] !== null);
  if (refused !== undefined) {
    throw new ComposeError(`service "${name}": ${refused} is not supported by the process backend`);
  }
  if (raw.image === undefined || raw.image === '') {
    throw new ComposeError(
      `service "${name}" has neither an image nor a build context specified: ` +
        'invalid compose project',
    );
  }
  const fromFile = raw.env_file === undefined || raw.env_file === null ? {} : variables;
  return {
    name,
    image: raw.image,
    command: toCommand(raw.command ?? []),
    environment: { ...fromFile, ...toMap(raw.environment ?? [], variables) },
    volumes: (raw.volumes ?? []).flatMap((mount) => toMount(name, mount)),
    dependsOn: toDependencies(raw.depends_on ?? []),
    healthcheck: toHealthcheck(raw.healthcheck),
    restart: toRestart(name, raw.restart ?? 'no'),
    stopGraceMs: durationMs(raw.stop_grace_period ?? 10),
    hostname: raw.hostname ?? null,
    labels: toMap(raw.labels ?? [], {}),
    exposedPorts: toPorts(raw),
  };
}

function toCommand(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? splitWords(command) : command;
}

type Scalar = string | number | boolean | null;

/** `KEY=value` lists and maps alike; a key without a value takes it from the variables. */
function toMap(
  value: readonly Scalar[] | Record<string, Scalar>,
  variables: Variables,
): Record<string, string> {
  const pairs: [string, Scalar | undefined][] = Array.isArray(value)
    ? value.map((item) => {
        const text = String(item);
        const at = text.indexOf('=');
        return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
      })
    : Object.entries(value as Record<string, Scalar>);
  const map: Record<string, string> = {};
  for (const [key, item] of pairs) {
    const text = item === undefined || item === null ? variables[key] : String(item);
    if (text !== undefined) map[key] = text;
  }
  return map;
}

function toMount(
  service: string,
  mount: string | { readonly [key: string]: unknown; type: string },
): VolumeMount[] {
  if (typeof mount !== 'string' && mount.type === 'tmpfs') return [];
  const [source, target] =
    typeof mount === 'string'
      ? mount.split(':')
      : [mount['source'], mount['target']].map((part) => (typeof part === 'string' ? part : ''));
  const isBind = typeof mount !== 'string' && mount.type !== 'volume';
  if (isBind || !source || !target || /^[./~]/.test(source)) {
    throw new ComposeError(
      `service "${service}": the process backend mounts named volumes only, not "${source ?? ''}"`,
    );
  }
  return [{ volume: source, target }];
}

function toDependencies(
  raw: readonly string[] | Record<string, { condition?: DependencyCondition | undefined }>,
): ReadonlyMap<string, DependencyCondition> {
  if (Array.isArray(raw)) {
    return new Map(raw.map((name: string) => [name, 'service_started' as const]));
  }
  const entries = Object.entries(
    raw as Record<string, { condition?: DependencyCondition | undefined }>,
  );
  return new Map(entries.map(([name, use]) => [name, use.condition ?? 'service_started']));
}

/** Defaults are those of Docker: 30 s, 30 s, 3 tries, no start period. */
function toHealthcheck(raw: RawService['healthcheck']): Healthcheck | null {
  if (raw?.test === undefined || raw.disable === true) return null;
  const test = typeof raw.test === 'string' ? ['CMD-SHELL', raw.test] : raw.test;
  if (test[0] === 'NONE' || test.length < 2) return null;
  return {
    test,
    intervalMs: Math.max(durationMs(raw.interval ?? 30), 100),
    timeoutMs: Math.max(durationMs(raw.timeout ?? 30), 100),
    startPeriodMs: durationMs(raw.start_period ?? 0),
    retries: Math.max(raw.retries ?? 3, 1),
  };
}

function toRestart(service: string, raw: string): RestartPolicy {
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d+))?$/.exec(raw);
  const kind = match?.[1] as RestartPolicy['kind'] | undefined;
  if (kind === undefined) throw new ComposeError(`service "${service}": invalid restart "${raw}"`);
  return { kind, maxAttempts: Number(match?.[2] ?? 0) };
}

function toPorts(raw: RawService): number[] {
  const published = (raw.ports ?? []).map((port) => {
    if (typeof port === 'number') return port;
    if (typeof port === 'string') return Number(port.split('/')[0]?.split(':').at(-1));
    return Number((port as { target?: unknown } | null)?.target);
  });
  const all = [
    ...(raw.expose ?? []).map((port) => Number.parseInt(String(port), 10)),
    ...published,
  ];
  return all.filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
}

function checkReferences(
  services: readonly ComposeService[],
  volumes: ReadonlyMap<string, string>,
): void {
  const names = new Set(services.map((service) => service.name));
  for (const service of services) {
    for (const dependency of service.dependsOn.keys()) {
      if (names.has(dependency)) continue;
      throw new ComposeError(
        `service "${service.name}" depends on undefined service "${dependency}": ` +
          'invalid compose project',
      );
    }
    for (const mount of service.volumes) {
      if (volumes.has(mount.volume)) continue;
      throw new ComposeError(
        `service "${service.name}" refers to undefined volume ${mount.volume}: ` +
          'invalid compose project',
      );
    }
  }
}

/** Dependencies first; ties keep the file's order. */
export function startOrder(services: readonly ComposeService[]): ComposeService[] {
  const ordered: ComposeService[] = [];
  const placed = new Set<string>();
  while (ordered.length < services.length) {
    const ready = services.filter(
      (service) =>
        !placed.has(service.name) &&
        [...service.dependsOn.keys()].every((name) => placed.has(name)),
    );
    if (ready.length === 0) {
      const stuck = services.filter((service) => !placed.has(service.name));
      throw new ComposeError(
        `dependency cycle detected: ${stuck.map((service) => service.name).join(' -> ')}`,
      );
    }
    for (const service of ready) {
      placed.add(service.name);
      ordered.push(service);
    }
  }
  return ordered;
}
