import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Announcement } from './announcement.ts';

/** What a WebSocket client makes of the frames, written to the wire beside the library. */
async function received(announcements: readonly Announcement[]): Promise<unknown[]> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (_socket, request) => {
    const wire: Duplex = request.socket;
    for (const announcement of announcements) {
      const { start, rest } = announcement.frame(['s1']);
      wire.write(start);
      wire.write(rest);
    }
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const messages: unknown[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (bytes: Buffer) => {
      messages.push(JSON.parse(bytes.toString()));
      if (messages.length === announcements.length) resolve();
    });
  });
  socket.terminate();
  server.close();
  return messages;
}

const announce = (note: string): Announcement =>
  new Announcement(
    {
      projectId: 'p',
      events: ['rows.create'],
      functionEvents: [],
      channels: ['rows'],
      roles: ['any'],
      payload: { note },
      userId: '',
    },
    0,
  );

test('frames of every length arrive whole and in order', async () => {
  const notes = ['', 'é'.repeat(40), 'x'.repeat(1_000), 'y'.repeat(70_000), 'z'];
  const messages = await received(notes.map(announce));
  const timestamp = '1970-01-01T00:00:00.000+00:00';
  expect(messages).toEqual(
    notes.map((note) => ({
      type: 'event',
      data: {
        events: ['rows.create'],
        channels: ['rows'],
        timestamp,
        payload: { note },
        subscriptions: ['s1'],
      },
    })),
  );
});

test('sockets share the bytes of a change', () => {
  const announcement = announce('x');
  expect(announcement.frame(['a']).start).toBe(announcement.frame(['b']).start);
});
