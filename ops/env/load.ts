/** Reads `.env` (or `--env <file>`); values of the process's own environment win, as in CI. */
import { readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UsageError } from '#ops/cli/usage.ts';
import { accessNames, environmentNames, parseAccess, parseEnvironment } from './schema.ts';
import type { Access, Environment, Parsed } from './schema.ts';

export const defaultFile = '.env';

const readFile = (file: string): Readonly<Record<string, string | undefined>> => {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code !== 'ENOENT') throw new UsageError(`${file} cannot be read (${code}).`);
    throw new UsageError(
      `There is no ${file}. Make one with fresh keys: npm run deploy -- --init\n` +
        'docs/deploy.md says where each value comes from.',
    );
  }
};

/** What `.env` and the process say of our names, unchecked. */
export const readEnvironment = (file: string): Readonly<Record<string, string | undefined>> => {
  const ofFile = readFile(file);
  return Object.fromEntries(
    environmentNames.map((name) => [name, process.env[name] ?? ofFile[name]]),
  );
};

/** Names of which the process has another value than the file: the process's is taken. */
export const overridden = (file: string): readonly string[] => {
  const ofFile = readFile(file);
  return environmentNames.filter((name) => {
    const [there, here] = [ofFile[name] ?? '', process.env[name]];
    return there !== '' && here !== undefined && here !== there;
  });
};

const valueOf = <T>(file: string, parsed: Parsed<T>): T => {
  if (parsed.ok) return parsed.value;
  const lines = parsed.problems.map(({ name, says }) => `  ${name} ${says}`);
  throw new UsageError(
    `${file} is not complete:\n${lines.join('\n')}\ndocs/deploy.md explains each.`,
  );
};

/** Throws UsageError that names every value that does not fit, and shows none. */
export const loadEnvironment = (file: string): Environment =>
  valueOf(file, parseEnvironment(readEnvironment(file)));

/** Only what the project's API needs. Throws as `loadEnvironment`. */
export const loadAccess = (file: string): Access => {
  const source = readEnvironment(file);
  const given = Object.fromEntries(accessNames.map((name) => [name, source[name]]));
  return valueOf(file, parseAccess(given));
};

/** Others on this machine could read the keys. */
export const isReadableByOthers = (file: string): boolean => {
  try {
    return (statSync(file).mode & 0o077) !== 0;
  } catch {
    return false;
  }
};
