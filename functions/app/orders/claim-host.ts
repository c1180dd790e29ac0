/**
 * Claims the name a runtime lives under: `<sub>`, then `<sub>-2`, `<sub>-3` … Each name is a row, so
 * it has one owner. Resumable: the same runtime asking again finds the name it already holds.
 */
import { runtimeName } from '#core/workspace/subdomain.ts';
import type { Store } from '#ports/store.ts';

interface Claimant {
  readonly workspaceId: string;
  readonly userId: string;
  readonly runtimeId: string;
}

/** More runtimes than this under one workspace need a person's look. */
const placesAtMost = 200;

export const claimHost = async (
  store: Store,
  subdomain: string,
  claimant: Claimant,
): Promise<string | null> => {
  for (let place = 1; place <= placesAtMost; place += 1) {
    const name = runtimeName(subdomain, place);
    if (await claim(store, name, claimant)) return name;
  }
  return null;
};

const claim = async (store: Store, name: string, claimant: Claimant): Promise<boolean> => {
  const data = {
    workspaceId: claimant.workspaceId,
    claimedBy: claimant.userId,
    runtimeId: claimant.runtimeId,
  };
  const row = await store.get('subdomains', name);
  if (row === null) {
    const outcome = await store.create('subdomains', name, { data, readers: 'functions' });
    if (outcome === 'created') return true;
    return (await store.get('subdomains', name))?.runtimeId === claimant.runtimeId;
  }
  if (row.runtimeId === claimant.runtimeId) return true;
  if (row.runtimeId !== null || row.workspaceId !== claimant.workspaceId) return false;
  const target = { id: name, version: row.version };
  const outcome = await store.update('subdomains', target, { runtimeId: claimant.runtimeId });
  if (outcome === 'updated') return true;
  return (await store.get('subdomains', name))?.runtimeId === claimant.runtimeId;
};
