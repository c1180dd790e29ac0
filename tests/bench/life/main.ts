/**
 * `npm run bench -- life [--json] [--customers N]`: a year of a thousand customers, each in a world of
 * its own with faults on, and whether the invariants of money and terms held in all of them.
 * `--update`: instead, an update of the real OpenClaw forward and back (update.ts); minutes.
 */
import { parseArgs } from 'node:util';
import { manyYears } from '#tests/simulation/year/crew.ts';
import { benchUpdate } from './update.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    customers: { type: 'string', default: '1000' },
  },
});

const liveYears = async (): Promise<void> => {
  const startedMs = performance.now();
  const { customers, steps, bad, counts } = await manyYears(1, Number(values.customers));
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  if (values.json) {
    const figures = { yearCustomers: customers, yearViolations: bad.length, yearSeconds: seconds };
    console.log(JSON.stringify({ ...figures, steps, ...counts }));
  } else {
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
};

const update = async (): Promise<void> => {
  const figures = await benchUpdate();
  if (values.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const { from, to, updateSeconds, updateWithRollbackSeconds } = figures;
  console.log(`The real OpenClaw, ${from} to ${to}, login and files kept:`);
  console.log(`  update               ${updateSeconds} s`);
  console.log(`  update with rollback ${updateWithRollbackSeconds} s`);
};

await (values.update ? update() : liveYears());
