/**
 * Which local command stands for an image, and how its placeholders are filled.
 * File: `{ "images": { "<whole reference, or name without tag or digest>": { "command":
 * ["/abs/program", …], "cwd"?, "env"?, "ignoreCommand"? } } }`. Placeholders in command, cwd and env values:
 * `{volume:/path}` (host folder of the volume mounted there), `{port:service}`, `{ingressPort}`.
 * An entry `<name>#<service>` stands for that image in that service only.
 */
import * as z from 'zod/mini';
import { readJson } from '../files.ts';

const image = z.object({
  command: z.array(z.string()).check(z.minLength(1)),
  cwd: z.optional(z.string()),
  env: z._default(z.record(z.string(), z.string()), {}),
  /** The compose service's own `command` is appended unless this is true. */
  ignoreCommand: z._default(z.boolean(), false),
});
const imagesFile = z.object({ images: z.record(z.string(), image) });
export type Image = z.infer<typeof image>;
export type Images = z.infer<typeof imagesFile>['images'];

export function loadImages(path: string): Images {
  const parsed = z.safeParse(imagesFile, readJson(path));
  if (parsed.success) return parsed.data.images;
  throw new Error(`images file ${path} is missing or not {"images": {…}}`);
}

/**
 * What stands for the service's image: the whole reference comes before the one command for every tag
 * of its name. Undefined: nothing does.
 */
export function imageFor(
  images: Images,
  { name, image: reference }: { readonly name: string; readonly image: string },
): Image | undefined {
  const places = [reference, imageName(reference)];
  const found = [...places.map((place) => `${place}#${name}`), ...places].find(
    (key) => images[key] !== undefined,
  );
  return found === undefined ? undefined : images[found];
}

/** `registry:5000/a/b:1.2@sha256:…` → `registry:5000/a/b`. */
export function imageName(reference: string): string {
  const withoutDigest = reference.split('@')[0] ?? '';
  return withoutDigest.replace(/:[^/:]*$/, '');
}

export interface Places {
  /** Container path → host folder, of this service. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Service → loopback port, of this project. */
  readonly ports: ReadonlyMap<string, number>;
  readonly ingressPort: number;
}

/** Throws on a placeholder that names nothing: a silent blank would be a wrong path. */
export function fillPlaceholders(text: string, places: Places): string {
  return text.replace(
    /\{(volume|port|ingressPort)(?::([^}]*))?\}/g,
    (whole, kind: string, name: string) => {
      const value = placeholderValue(kind, name, places);
      if (value === undefined) throw new Error(`placeholder ${whole} names nothing here`);
      return value;
    },
  );
}

function placeholderValue(kind: string, name: string, places: Places): string | undefined {
  if (kind === 'ingressPort') return String(places.ingressPort);
  if (kind === 'volume') return places.volumes.get(name);
  return places.ports.get(name)?.toString();
}
