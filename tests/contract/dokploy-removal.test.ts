/**
 * The end of a service through the Deployer port: stopped before deleted, never deleted while
 * something runs, and afterwards what Docker still lists of it, which an answer of 200 says nothing of.
 * Runs against the stand-in, or a real Dokploy (see tests/support/dokploy.ts).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Deployer, Remains, ServicePlace } from '#ports/runtime.ts';
import { isReal } from '#tests/support/dokploy.ts';
import type { TestDokploy } from '#tests/support/dokploy.ts';
import { openServices, valueOf } from '#tests/support/dokploy-services.ts';
import type { DokployServices } from '#tests/support/dokploy-services.ts';

let services: DokployServices;
let dokploy: TestDokploy;
let deployer: Deployer;
const onStandIn = test.skipIf(isReal);
const all = { volumes: true };

beforeAll(async () => {
  services = await openServices(['elsewhere']);
  ({ dokploy, deployer } = services);
});
afterAll(() => dokploy.close());
afterEach(() => services.clear());

const located = async (id: string): Promise<ServicePlace> => valueOf(await deployer.locate(id));
const left = async (place: ServicePlace): Promise<Remains> =>
  valueOf(await deployer.remains(place));
const elsewhere = async (): Promise<string> => {
  const [server] = await dokploy.call('server.all', {});
  if (server === undefined) throw new Error('the stand-in was started without a server');
  return server.serverId;
};
/** Past the adapter, as in the web form: nobody has looked whether anything runs. */
const deleteByHand = (composeId: string): Promise<unknown> =>
  dokploy.call('compose.delete', { composeId, deleteVolumes: true });

describe('removing', () => {
  test('takes everything, and a second time there is nothing', async () => {
    const { id } = await services.deployed();
    expect(valueOf(await deployer.remove(id, all))).toEqual({ state: 'gone', containers: [] });
    expect(await deployer.remove(id, all)).toEqual({ kind: 'not_found' });
  });

  onStandIn('deletes nothing while something runs', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'server_error', only: 'compose.stop' });
    expect(valueOf(await deployer.remove(id, all)).state).toBe('still_running');
    expect((await deployer.composeStatus(id)).kind).toBe('ok');
  });

  onStandIn('a machine out of reach keeps its row, so that it can be tried again', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'machine_unreachable', only: id, count: 20 });
    expect((await deployer.remove(id, all)).kind).toBe('refused');
    await dokploy.clearFaults();
    expect((await deployer.composeStatus(id)).kind).toBe('ok');
    expect(valueOf(await deployer.remove(id, all)).state).toBe('gone');
  });

  onStandIn('an answer that is lost is read back', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'answer_lost', only: 'compose.delete' });
    expect(valueOf(await deployer.remove(id, all)).state).toBe('gone');
  });

  onStandIn('what a delete leaves behind is named, and none of it runs', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'delete_leaves_processes', only: id });
    const seen = valueOf(await deployer.remove(id, all));
    expect(seen.state).toBe('gone');
    expect(seen.containers.length).toBeGreaterThan(0);
  });

  onStandIn('works for a tenant that a nightly prune has emptied', async () => {
    const { id } = await services.deployed();
    valueOf(await deployer.stop(id));
    await dokploy.control('prune');
    expect(valueOf(await deployer.health(id))).toEqual([]);
    expect(valueOf(await deployer.remove(id, all)).state).toBe('gone');
  });
});

describe('what is left', () => {
  test('is seen of a service that lives, and nothing of one that was removed', async () => {
    const { id } = await services.deployed();
    const place = await located(id);
    const living = await left(place);
    expect(living.containers.length).toBeGreaterThan(0);
    // A real one before v0.30.0 does not show volumes.
    if (living.volumes !== null) expect(living.volumes.length).toBeGreaterThan(0);
    await deployer.remove(id, all);
    const gone = await left(place);
    expect(gone).toMatchObject({ machine: 'reachable', containers: [] });
    expect(gone.volumes ?? []).toEqual([]);
  });

  onStandIn('is another service’s business only where the name is its own', async () => {
    const { id } = await services.deployed();
    const { appName, serverId } = await located(id);
    const shorter = { appName: appName.slice(0, -1), serverId };
    expect((await left(shorter)).volumes).toEqual([]);
  });

  onStandIn('are volumes, though the delete answered 200', async () => {
    const { id } = await services.deployed();
    const place = await located(id);
    await dokploy.fault({ kind: 'delete_leaves_volumes', only: id });
    expect(valueOf(await deployer.remove(id, all)).state).toBe('gone');
    const seen = await left(place);
    expect(seen.containers).toEqual([]);
    expect(seen.volumes?.length).toBeGreaterThan(0);
    for (const name of seen.volumes ?? []) expect(name.startsWith(`${place.appName}_`)).toBe(true);
  });

  onStandIn('is everything, where the machine was away while it was deleted', async () => {
    const { id } = await services.deployed({}, await elsewhere());
    const place = await located(id);
    await dokploy.fault({ kind: 'machine_unreachable', only: id });
    await deleteByHand(id);
    expect(await deployer.locate(id)).toEqual({ kind: 'not_found' });
    const seen = await left(place);
    expect(seen.machine).toBe('reachable');
    expect(seen.containers.length).toBeGreaterThan(0);
    expect(seen.volumes?.length).toBeGreaterThan(0);
  });

  onStandIn('nobody can say while the machine is away: empty lists prove nothing', async () => {
    const { id } = await services.deployed({}, await elsewhere());
    const place = await located(id);
    await deployer.remove(id, all);
    const { serverId } = place;
    await dokploy.fault({ kind: 'machine_unreachable', only: serverId, count: 2 });
    expect(await left(place)).toEqual({ machine: 'unreachable', containers: [], volumes: [] });
    expect((await left(place)).machine).toBe('reachable');
  });

  test('on a server that is not known there any more nobody can look', async () => {
    const { id } = await services.deployed();
    const { appName } = await located(id);
    const seen = await deployer.remains({ appName, serverId: 'no-such-server-000000' });
    expect(seen.kind).toBe('not_found');
  });

  onStandIn('of volumes is not shown where our key may not ask', async () => {
    const { id } = await services.deployed();
    const place = await located(id);
    await dokploy.fault({ kind: 'forbidden', only: 'dockerVolume.getVolumes' });
    expect((await left(place)).volumes).toBeNull();
  });
});
