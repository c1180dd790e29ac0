/**
 * Loads a function's entrypoint the way the runtime does: with `require`, so `.mjs` and CommonJS
 * work, top-level await does not, and a `.js` file is CommonJS unless its own package.json says
 * otherwise. The exported function must be the module itself or its default export.
 */
import { createRequire } from 'node:module';
import path from 'node:path';

export type Handler = (context: unknown) => unknown;

/** Something the function's author must repair; the caller answers an empty 503. */
export class LoadError extends Error {}

export function loadHandler(folder: string, entrypoint: string): Handler {
  const file = path.resolve(folder, entrypoint);
  if (!file.startsWith(folder + path.sep)) throw new LoadError('Could not load code file.');
  const loaded = requireFile(file);
  const handler: unknown =
    typeof loaded === 'function' ? loaded : (loaded as { default?: unknown } | null)?.default;
  if (typeof handler !== 'function') {
    throw new LoadError('Function signature invalid. Did you forget to export a default function?');
  }
  return handler as Handler;
}

function requireFile(file: string): unknown {
  try {
    return createRequire(file)(file) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new LoadError(`Could not load code file.\n${reason}`);
  }
}
