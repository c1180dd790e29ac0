/** Servers with room, for use cases that place runtimes. */
import type { Store } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export const openServer = async (
  store: Store,
  server: Partial<RowOf<'servers'>> & { readonly id?: string } = {},
): Promise<void> => {
  const { id = 'own', ...more } = server;
  const data: RowOf<'servers'> = {
    dokployServerId: null,
    region: 'kr',
    slotMemoryMiB: 4096,
    slots: 10,
    state: 'open',
    full: false,
    lostSince: null,
    ...more,
  };
  await store.create('servers', id, { data, readers: 'functions' });
};
