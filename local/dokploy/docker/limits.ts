/**
 * What a compose row may ask of the engine. The real Dokploy runs any command and any names; on a
 * machine that also runs other people's projects a row stays inside its own. Pure.
 */
import * as z from 'zod/mini';
import { ComposeError } from '../compose/model.ts';

/** Throws unless the words are `compose -p <appName> -f docker-compose.yml up …`. */
export function checkUpCommand(words: readonly string[], appName: string): void {
  const given = words.slice(0, 6).join(' ');
  const wanted = `compose -p ${appName} -f docker-compose.yml up`;
  if (given === wanted) return;
  throw new ComposeError(`this stand-in runs "${wanted} …" only, not "docker ${given}"`);
}

const named = z.looseObject({ name: z.string(), external: z.optional(z.boolean()) });
const resolvedFile = z.looseObject({
  services: z.record(z.string(), z.looseObject({ image: z.optional(z.string()) })),
  volumes: z.optional(z.nullable(z.record(z.string(), named))),
  networks: z.optional(z.nullable(z.record(z.string(), named))),
});

/**
 * Images of `docker compose config --format json`. Throws when the project would make, and with its
 * deletion destroy, a volume or network under a name that is not its own.
 */
export function imagesOfOwnProject(configJson: string, appName: string): readonly string[] {
  const file = z.parse(resolvedFile, JSON.parse(configJson));
  for (const kind of ['volumes', 'networks'] as const) {
    for (const { name, external } of Object.values(file[kind] ?? {})) {
      if (external === true || name.startsWith(`${appName}_`)) continue;
      throw new ComposeError(`${kind}: "${name}" does not begin with "${appName}_"`);
    }
  }
  const images = Object.values(file.services).map(({ image }) => image ?? '');
  return [...new Set(images)].filter((image) => image !== '');
}
