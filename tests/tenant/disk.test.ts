/**
 * The tenant's real stack on a disk that runs full: the agent says so by name and does nothing, the
 * login and the state survive whole, and both go on by themselves as soon as there is room.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import { eventually } from '#tests/support/http.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';
import { dockerLine, healthy, killFromOutside } from './machine.ts';
import { mountSmallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';
import { containerOf, deploy, logIn, smoke, stateWhen } from './tenant.ts';
import type { Tenant } from './tenant.ts';

/** OpenClaw's first state is 60 MB with the pages of its Control UI. */
const sizeMiB = 256;
const nonce = 'Nonce0123456789abcdef';
let disk: SmallDisk;
let house: House;
let acme: Tenant;
let loginId: string | null;

const isReady = ({ gateway, codex }: StateAnswer): boolean =>
  gateway.status === 'ready' && codex.status !== 'unknown';
const ready = (): Promise<StateAnswer> =>
  stateWhen(house, acme, { until: isReady, withinMs: 180_000 });

beforeAll(async () => {
  disk = mountSmallDisk(sizeMiB);
  house = await openHouse();
  const makeVolumes = (appName: string): Promise<void> => disk.makeVolumes(house, appName);
  acme = await deploy(house, { name: 'acme', title: 'first', before: makeVolumes });
  await ready();
  await logIn(house, acme);
  ({
    codex: { loginId },
  } = await ready());
});
afterAll(async () => {
  await house.close();
  disk.remove();
});

/** OpenClaw gives room back now and then, and the agent's last page takes some tickets more. */
const refused = () =>
  eventually(
    async () => {
      disk.fill();
      return house.agent.state(acme);
    },
    (seen) => seen.kind === 'refused',
    60_000,
  );
const refusal = { kind: 'refused', code: 'storage_full' };

test('a full disk is called so, by every call, and nothing is done', async () => {
  disk.fill();
  expect(disk.freeBytes()).toBe(0);
  expect(await refused()).toEqual(refusal);
  expect(await house.agent.startSmoke(acme, { smokeId: 'smoke_on_full', nonce })).toEqual(refusal);
  expect(await house.agent.startCodex(acme)).toEqual(refusal);
});

test('it is called so by an agent that starts on it, too', async () => {
  await killFromOutside(house, acme, 'agent');
  expect(await refused()).toEqual(refusal);
});

test('a gateway that is killed on it loses nothing, and both go on when there is room', async () => {
  await killFromOutside(house, acme, 'openclaw');
  await eventually(
    () => dockerLine(house, ['inspect', '-f', '{{.RestartCount}}', containerOf(acme, 'openclaw')]),
    (count) => Number(count) > 0,
    60_000,
  );
  expect(await refused()).toEqual(refusal);
  disk.free();
  await healthy(house, acme, 'openclaw');
  expect((await ready()).codex).toMatchObject({ status: 'ok', loginId });
  const report = await smoke(house, acme, { smokeId: 'smoke_with_room', nonce });
  expect(report).toMatchObject({ code: 'passed', nonceMatched: true });
});

test('the gateway\u2019s database is whole', async () => {
  const script =
    "const { DatabaseSync } = require('node:sqlite');" +
    "const db = new DatabaseSync('/home/node/.openclaw/state/openclaw.sqlite', { readOnly: true });" +
    "console.log(db.prepare('PRAGMA integrity_check').get().integrity_check)";
  const args = ['exec', containerOf(acme, 'openclaw'), 'node', '--no-warnings', '-e', script];
  expect(await dockerLine(house, args)).toBe('ok');
});
