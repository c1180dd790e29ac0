/**
 * Compose service + image entry → ContainerSpec. Pure.
 * Guarantees: the environment is a minimal PATH, HOME and TMPDIR of the container's own folder,
 * the compose file's, then the image entry's; nothing of the stand-in's own environment.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ComposeProject, ComposeService } from '../compose/model.ts';
import { routesOf } from '../ingress/routes.ts';
import { portInTest, translateTest } from './health.ts';
import { fillPlaceholders, type Image, type Places } from './images.ts';
import type { ContainerSpec } from './spec.ts';

export interface RenderInput {
  readonly appName: string;
  readonly project: ComposeProject;
  readonly service: ComposeService;
  readonly image: Image;
  readonly ports: ReadonlyMap<string, number>;
  readonly volumesDir: string;
  /** Folder of the container's own, writable files. */
  readonly ownDir: string;
  readonly ingressPort: number;
}

export function renderContainer(input: RenderInput): ContainerSpec {
  const { service, image, ownDir } = input;
  const places: Places = {
    volumes: volumeFolders(input),
    ports: input.ports,
    ingressPort: input.ingressPort,
  };
  const fill = (text: string): string => fillPlaceholders(text, places);
  const port = input.ports.get(service.name) ?? 0;
  const containerPorts = containerPortsOf(service);
  const imageEnv = Object.entries(image.env).map(([key, value]) => [key, fill(value)]);
  const body = {
    service: service.name,
    name: `${input.appName}-${service.name}-1`,
    argv: [...image.command.map(fill), ...(image.ignoreCommand ? [] : service.command)],
    cwd: image.cwd === undefined ? ownDir : fill(image.cwd),
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: ownDir,
      TMPDIR: join(ownDir, 'tmp'),
      HOSTNAME: service.hostname ?? service.name,
      ...service.environment,
      ...(Object.fromEntries(imageEnv) as Record<string, string>),
    },
    restart: service.restart,
    stopGraceMs: service.stopGraceMs,
    healthcheck: translatedHealthcheck(input, { port, containerPorts }),
    port,
    containerPorts,
    labels: service.labels,
    image: service.image,
  };
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const { image: _image, ...spec } = body;
  return { ...spec, hash, containerId: randomBytes(6).toString('hex') };
}

/**
 * Container path → host folder. A path that only other services mount is what it would be in a
 * container: this service's own, private folder. A path nobody mounts is absent, hence an error.
 */
function volumeFolders(input: RenderInput): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const { target } of input.project.services.flatMap((service) => service.volumes)) {
    folders.set(target, join(input.ownDir, 'rootfs', target));
  }
  for (const { target, volume } of input.service.volumes) {
    const name = input.project.volumes.get(volume) ?? volume;
    folders.set(target, join(input.volumesDir, name));
  }
  return folders;
}

/** Exposed ports; else the one its healthcheck asks; else those its routes name. */
function containerPortsOf(service: ComposeService): number[] {
  if (service.exposedPorts.length > 0) return [...new Set(service.exposedPorts)];
  const asked = portInTest(service.healthcheck?.test ?? []);
  if (asked !== undefined) return [asked];
  return [...new Set(routesOf(service.labels).map((route) => route.containerPort))];
}

function translatedHealthcheck(
  input: RenderInput,
  use: { port: number; containerPorts: readonly number[] },
): ContainerSpec['healthcheck'] {
  const check = input.service.healthcheck;
  if (check === null) return null;
  const own = new Map(use.containerPorts.map((port) => [port, use.port]));
  const test = translateTest(check.test, { own, others: input.ports });
  return { ...check, test: test ?? null };
}
