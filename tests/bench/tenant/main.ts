/**
 * `npm run bench -- tenant [--json]`: the tenant's real stack on a Docker engine: how long until a
 * login is asked for, until it is linked, until a turn has answered; what the agent weighs; and what it
 * adds to OpenClaw's own times, both sides in turns in the same run. Medians. With `--json` stdout is
 * one line. Progress goes to stderr.
 */
import { parseArgs } from 'node:util';
import { prepareTenant } from '#local/cli/tenant.ts';
import { openHouse } from '#tests/tenant/house.ts';
import type { House } from '#tests/tenant/house.ts';
import { note, withStepsAside } from '../product.ts';
import { agentImageBytes, boot, drop, logInTimed, memoryMiB, pageLoads } from './measure.ts';
import { smokeDirect, smokeThroughAgent } from './measure.ts';
import type { Boot } from './measure.ts';

const boots = 3;
const logins = 7;
const smokes = 11;
const loads = 15;
const looks = 5;

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

/** One after another: they would slow each other down. */
const times = async <T>(count: number, work: (round: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let round = 0; round < count; round += 1) results.push(await work(round));
  return results;
};

const bootTimes = async (house: House): Promise<readonly Boot[]> => {
  const all: Boot[] = [];
  for (let round = 0; round < boots; round += 1) {
    const last = all.at(-1);
    if (last !== undefined) await drop(house, last.tenant);
    all.push(await boot(house, `boot-${round}`));
    note(`  boot ${round + 1} of ${boots}`);
  }
  return all;
};

const measure = async (house: House) => {
  const booted = await bootTimes(house);
  const tenant = booted.at(-1)?.tenant;
  if (tenant === undefined) throw new Error('nothing was started');
  const idleMiB = median(await times(looks, () => memoryMiB(house, tenant, 'agent')));
  const linked = await times(logins, () => logInTimed(house, tenant));
  note('  logins');
  const coldSmokeMs = await smokeThroughAgent(house, tenant, 'smoke_cold');
  await smokeDirect(house, tenant);
  const pairs = await times(smokes, async (round) => {
    const through = async () => smokeThroughAgent(house, tenant, `smoke_${1_000 + round}`);
    // Whoever comes second finds a warmer gateway: they take turns.
    if (round % 2 === 0) {
      const agent = await through();
      return { agent, direct: await smokeDirect(house, tenant) };
    }
    const direct = await smokeDirect(house, tenant);
    return { agent: await through(), direct };
  });
  note('  smokes');
  const ui = await pageLoads(house, tenant, loads);
  note('  page loads');
  const busyMiB = median(await times(looks, () => memoryMiB(house, tenant, 'agent')));
  return {
    emptyToAuthRequiredMs: median(booted.map(({ authRequiredMs }) => authRequiredMs)),
    emptyToGatewayReadyMs: median(booted.map(({ gatewayMs }) => gatewayMs)),
    authorizeUrlMs: median(linked.map(({ urlMs }) => urlMs)),
    pasteToLinkedMs: median(linked.map(({ pasteMs }) => pasteMs)),
    coldSmokeMs,
    smokeMs: median(pairs.map(({ agent }) => agent)),
    smokeDirectMs: median(pairs.map(({ direct }) => direct)),
    uiLoadMs: median(ui.throughAgent),
    uiLoadDirectMs: median(ui.direct),
    agentIdleMiB: idleMiB,
    agentUsedMiB: busyMiB,
    openclawMiB: await memoryMiB(house, tenant, 'openclaw'),
    agentImageBytes: await agentImageBytes(house),
  };
};

type Figures = Awaited<ReturnType<typeof measure>>;

const round = (value: number): number => Math.round(value * 100) / 100;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const mebibytes = (value: number): string => `${value.toFixed(1)} MiB`;

const ratiosOf = (figures: Figures) => ({
  bootRatio: round(figures.emptyToAuthRequiredMs / figures.emptyToGatewayReadyMs),
  smokeRatio: round(figures.smokeMs / figures.smokeDirectMs),
  uiLoadRatio: round(figures.uiLoadMs / figures.uiLoadDirectMs),
});

const row = (name: string, value: string, aim = ''): void => {
  console.log(`${name.padEnd(44)} ${value.padStart(12)}   ${aim}`);
};

const printTable = (figures: Figures): void => {
  const ratios = ratiosOf(figures);
  row('empty volume → auth_required', seconds(figures.emptyToAuthRequiredMs));
  row('  until the gateway itself is ready', seconds(figures.emptyToGatewayReadyMs));
  row('  ratio', String(ratios.bootRatio), 'aim ≤1.02');
  row('start → authorize URL', seconds(figures.authorizeUrlMs));
  row('paste → linked', seconds(figures.pasteToLinkedMs));
  row('first smoke', seconds(figures.coldSmokeMs));
  row('smoke', seconds(figures.smokeMs));
  row('  the same calls without the agent', seconds(figures.smokeDirectMs));
  row('  ratio', String(ratios.smokeRatio), 'aim ≤1.02');
  row('Control UI, page and what it names', seconds(figures.uiLoadMs));
  row('  without the agent', seconds(figures.uiLoadDirectMs));
  row('  ratio', String(ratios.uiLoadRatio), 'aim ≤1.02');
  row('memory of the agent, idle', mebibytes(figures.agentIdleMiB), 'aim ≤40 MB');
  row('memory of the agent, after all this', mebibytes(figures.agentUsedMiB), 'aim ≤40 MB');
  row('memory of the gateway, after all this', mebibytes(figures.openclawMiB));
  row('image of the agent', `${(figures.agentImageBytes / 1e6).toFixed(0)} MB`);
};

const { json } = parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;
if (!(await withStepsAside(prepareTenant))) process.exit(1);
const house = await openHouse();
try {
  const figures = await measure(house);
  const rounded = Object.entries(figures).map(([name, value]) => [name, round(value)]);
  if (json) console.log(JSON.stringify({ ...Object.fromEntries(rounded), ...ratiosOf(figures) }));
  else printTable(figures);
} finally {
  await house.close();
}
