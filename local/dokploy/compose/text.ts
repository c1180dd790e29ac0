/**
 * The small text formats around a compose file: dotenv, `${VAR}`, durations, command words.
 * Pure; every function is total or throws ComposeError.
 */
import { ComposeError, type Variables } from './model.ts';

/** dotenv as Dokploy reads it: `#` ends an unquoted value, `$` and `"` inside stay literal. */
export function parseDotenv(text: string): Record<string, string> {
  return parseLines(text, (inside) => inside.replaceAll('\\n', '\n'));
}

/** The `.env` of a deployment as Compose reads it: what `dotenvLine` wrote, letter for letter. */
export function readEnvFile(text: string): Record<string, string> {
  return parseLines(text, (inside) =>
    inside.replace(/\\(n|[$"\\])/g, (_whole, kind: string) => (kind === 'n' ? '\n' : kind)),
  );
}

function parseLines(
  text: string,
  inDoubleQuotes: (inside: string) => string,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (match?.[1] === undefined) continue;
    variables[match[1]] = dotenvValue(match[2] ?? '', inDoubleQuotes);
  }
  return variables;
}

function dotenvValue(raw: string, inDoubleQuotes: (inside: string) => string): string {
  const quoted = /^(['"`])(.*)\1\s*(?:#.*)?$/.exec(raw);
  if (quoted?.[2] === undefined) return (raw.split('#')[0] ?? '').trim();
  return quoted[1] === '"' ? inDoubleQuotes(quoted[2]) : quoted[2];
}

/** One line that Compose reads as exactly this value: nothing in it is a variable or a comment. */
export function dotenvLine(name: string, value: string): string {
  if (/^[\w./:@,+=-]*$/.test(value)) return `${name}=${value}`;
  const escaped = value.replace(/[$"\\]/g, '\\$&').replaceAll('\n', '\\n');
  return `${name}="${escaped}"`;
}

const reference = /\$(?:\$|\{(\w+)(?:(:?[-?+])([^}]*))?\}|([A-Za-z_]\w*))/g;

/**
 * Compose interpolation of one scalar. An unset variable becomes blank and its name is added to
 * `unset`; `${X:?text}` throws.
 */
export function interpolate(text: string, variables: Variables, unset: Set<string>): string {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(reference)) {
    result += text.slice(end, match.index) + referenceValue(match, variables, unset);
    end = match.index + match[0].length;
  }
  return result + text.slice(end);
}

function referenceValue(match: RegExpExecArray, variables: Variables, unset: Set<string>): string {
  const [whole, braced, operator, operand, bare] = match;
  if (whole === '$$') return '$';
  const name = braced ?? bare ?? '';
  const value = variables[name];
  if (operator !== undefined) {
    return withOperator({ name, value, operator, operand: operand ?? '' });
  }
  if (value === undefined) unset.add(name);
  return value ?? '';
}

function withOperator(use: {
  name: string;
  value: string | undefined;
  operator: string;
  operand: string;
}): string {
  const missing = use.value === undefined || (use.operator.startsWith(':') && use.value === '');
  if (use.operator.endsWith('+')) return missing ? '' : use.operand;
  if (!missing) return use.value ?? '';
  if (use.operator.endsWith('-')) return use.operand;
  throw new ComposeError(`required variable ${use.name} is missing a value: ${use.operand}`);
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `1m30s`, `500ms`, `2s` → milliseconds; a bare number is seconds. */
export function durationMs(value: string | number): number {
  if (typeof value === 'number') return value * 1_000;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map((part) => part[0]).join('') !== value || parts.length === 0) {
    throw new ComposeError(`invalid duration "${value}"`);
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * (unitMs[part[2] ?? ''] ?? 0), 0);
}

/** Words of a command line as a POSIX shell splits them, without any expansion. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g)) {
    words.push(match[0].replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, unquote));
  }
  return words;
}

function unquote(_whole: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
}

export interface UpCommand {
  /** As shown in the deployment log. */
  readonly line: string;
  /** What `docker` is given, word by word. */
  readonly words: readonly string[];
  readonly wait: boolean;
  /** 0: no limit of its own. */
  readonly waitTimeoutMs: number;
  readonly removeOrphans: boolean;
}

/** The command a deployment runs: the compose row's own `command`, or Dokploy's default. */
export function upCommand(command: string, appName: string): UpCommand {
  const own = command.trim();
  const args = own === '' ? defaultArguments(appName) : own;
  if (/[;&|<>`$(){}\n\r\\]/.test(args)) {
    throw new ComposeError(
      'Invalid characters in compose command: shell control characters are not allowed',
    );
  }
  const words = args.split(/\s+/);
  const timeout = /--wait-timeout[ =](\d+)/.exec(args)?.[1];
  return {
    line: `docker ${args}`,
    words,
    wait: words.includes('--wait'),
    waitTimeoutMs: timeout === undefined ? 0 : Number(timeout) * 1_000,
    removeOrphans: words.includes('--remove-orphans'),
  };
}

/** `start` keeps what is there: no build, and orphans stay. */
export function startCommand(appName: string): UpCommand {
  return upCommand(`compose -p ${appName} -f docker-compose.yml up -d`, appName);
}

export function defaultArguments(appName: string): string {
  return `compose -p ${appName} -f docker-compose.yml up -d --build --remove-orphans`;
}
