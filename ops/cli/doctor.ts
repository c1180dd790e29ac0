/** `npm run doctor [-- --json]`: looks at the whole installation; exit 1 when something fails. */
import { parseArgs } from 'node:util';
import { say } from '#ops/deploy/output.ts';
import { examine } from '#ops/doctor/doctor.ts';
import { failure, warning } from '#ops/doctor/finding.ts';
import type { Finding, Level } from '#ops/doctor/finding.ts';
import { defaultFile, isReadableByOthers, overridden, readEnvironment } from '#ops/env/load.ts';
import { parseEnvironment } from '#ops/env/schema.ts';
import { runCommand } from './run.ts';
import { UsageError, exitCodes } from './usage.ts';

const usage = 'Usage: npm run doctor -- [--json] [--env <file>]';

const choiceFrom = (args: readonly string[]): { readonly json: boolean; readonly env: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        env: { type: 'string', default: defaultFile },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

const marks: Readonly<Record<Level, string>> = { ok: '✓', warning: '!', failure: '✗' };

const show = (findings: readonly Finding[]): void => {
  for (const { level, id, message, fix } of findings) {
    say(`  ${marks[level]} ${id}  ${message}${fix === '' ? '' : `  → ${fix}`}`);
  }
};

const counted = (count: number, word: string): string =>
  `${String(count)} ${word}${count === 1 ? '' : 's'}`;

const findingsOf = async (file: string): Promise<readonly Finding[]> => {
  const parsed = parseEnvironment(readEnvironment(file));
  const exposed = isReadableByOthers(file)
    ? [warning('env.file', `${file} can be read by others here`, `chmod 600 ${file}`)]
    : [];
  const names = overridden(file);
  const says = `taken from this process's environment, not from ${file}: ${names.join(', ')}`;
  const others =
    names.length === 0 ? [] : [warning('env.process', says, `unset ${names.join(' ')}`)];
  if (parsed.ok) return [...exposed, ...others, ...(await examine(parsed.value))];
  const wrong = parsed.problems.map(({ name, says }) =>
    failure(`env.${name}`, `${name} ${says}`, `Set it in ${file}; docs/deploy.md explains it.`),
  );
  return [...exposed, ...wrong];
};

await runCommand(usage, async (args) => {
  const { json, env } = choiceFrom(args);
  const startedAt = performance.now();
  const findings = await findingsOf(env);
  const count = (level: Level): number => findings.filter((each) => each.level === level).length;
  if (json) say(JSON.stringify(findings));
  else {
    show(findings);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    say(
      `\n${String(count('ok'))} ok, ${counted(count('warning'), 'warning')}, ` +
        `${counted(count('failure'), 'failure')}, ${seconds} s.`,
    );
  }
  return count('failure') === 0 ? exitCodes.done : exitCodes.failed;
});
