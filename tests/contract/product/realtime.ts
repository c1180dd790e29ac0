/** Promise of realtime: a row's news reach those who may read the row, and nobody else. */
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';
import { order } from '#local/customer/customer.ts';
import { eventually } from '#tests/support/http.ts';
import type { TestProduct } from '#tests/support/product.ts';

const message = z.object({
  type: z.string(),
  data: z.optional(z.object({ payload: z.optional(z.object({ $id: z.optional(z.string()) })) })),
});

const channels = [
  'rows',
  'documents',
  ...['orders', 'members', 'runtimes', 'timeline', 'workspaces', 'notices'].map(
    (table) => `tablesdb.main.tables.${table}.rows`,
  ),
];

interface Listener {
  /** Ids of the rows it was told about. */
  readonly heard: ReadonlySet<string>;
  readonly socket: WebSocket;
}

const open: WebSocket[] = [];

/** `secret` is a session's, '' for a guest. */
const listen = async ({ world }: TestProduct, secret: string): Promise<Listener> => {
  const query = new URLSearchParams({ project: world.projectId });
  for (const channel of channels) query.append('channels[]', channel);
  const url = `ws://127.0.0.1:${world.ports.appwrite}/v1/realtime?${query.toString()}`;
  const socket = new WebSocket(url);
  open.push(socket);
  const heard = new Set<string>();
  const awaited = secret === '' ? 'connected' : 'response';
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const { type, data: content } = message.parse(JSON.parse(data.toString()));
      const rowId = content?.payload?.$id;
      if (type === 'event' && rowId !== undefined) heard.add(rowId);
      if (type === 'error') reject(new Error(data.toString()));
      if (type === awaited) resolve();
      if (type === 'connected' && secret !== '') {
        socket.send(JSON.stringify({ type: 'authentication', data: { session: secret } }));
      }
    });
  });
  return { heard, socket };
};

export const news = (product: () => TestProduct): void => {
  afterEach(() => {
    for (const socket of open.splice(0)) socket.terminate();
  });

  test('an order is told to its workspace, not to strangers and guests', async () => {
    const { admin, newOwner } = product();
    const [owner, stranger] = [await newOwner(), await newOwner()];
    const secretOf = async (userId: string): Promise<string> =>
      (await admin.users.createSession({ userId })).secret;
    const ears = {
      owner: await listen(product(), await secretOf(owner.customer.userId)),
      stranger: await listen(product(), await secretOf(stranger.customer.userId)),
      guest: await listen(product(), ''),
    };
    const first = await order(owner.customer, owner.workspaceId, 'Told');
    // Whoever hears the second order was awake when the first one was told.
    const second = await order(stranger.customer, stranger.workspaceId, 'Told later');
    const hears = (listener: Listener, id: string) =>
      eventually(() => Promise.resolve(listener.heard.has(id)), Boolean);
    await hears(ears.owner, first.orderId);
    await hears(ears.stranger, second.orderId);
    expect(ears.stranger.heard).not.toContain(first.orderId);
    expect(ears.owner.heard).not.toContain(second.orderId);
    expect([...ears.guest.heard]).toEqual([]);
    expect(ears.guest.socket.readyState).toBe(WebSocket.OPEN);
  });
};
