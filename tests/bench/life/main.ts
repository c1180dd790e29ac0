/**
 * `npm run bench -- life [--json] [--customers N] [--only year|runtime]`: a year of a thousand
 * customers, each in a world of its own with faults on, and whether the invariants of money and terms
 * held in all of them; then one runtime on the real OpenClaw, stopped and started, updated, backed up
 * and brought back (runtime.ts; minutes). With `--json` stdout is one line; progress goes to stderr.
 */
import { parseArgs } from 'node:util';
import { manyYears } from '#tests/simulation/year/crew.ts';
import { benchRuntime, printRuntime } from './runtime.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    customers: { type: 'string', default: '1000' },
  },
});
if (values.only !== undefined && !['year', 'runtime'].includes(values.only)) {
  console.error(`--only is "year" or "runtime", not "${values.only}".`);
  process.exit(2);
}

const liveYears = async (): Promise<object> => {
  const startedMs = performance.now();
  const { customers, steps, bad, counts } = await manyYears(1, Number(values.customers));
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  if (!values.json) {
    console.log(
      `A year of ${customers} customers, faults on: ${seconds} s (aim: 60), ${steps} steps`,
    );
    for (const [what, count] of Object.entries(counts))
      console.log(`  ${what.padEnd(16)} ${count}`);
    console.log(`  violations ${bad.length} (aim: 0)`);
    for (const { seed, violation } of bad.slice(0, 20))
      console.log(`  seed ${seed}: ${violation.what}`);
  }
  process.exitCode = bad.length === 0 ? 0 : 1;
  const figures = { yearCustomers: customers, yearViolations: bad.length, yearSeconds: seconds };
  return { ...figures, steps, ...counts };
};

const liveRuntime = async (): Promise<object> => {
  const figures = await benchRuntime();
  if (!values.json) printRuntime(figures);
  return figures;
};

const all = {
  ...(values.only === 'runtime' ? {} : await liveYears()),
  ...(values.only === 'year' ? {} : await liveRuntime()),
};
if (values.json) console.log(JSON.stringify(all));
