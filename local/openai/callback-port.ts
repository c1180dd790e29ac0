/**
 * Keeps port 1455 shut, as it is for a customer: there the gateway sits in a container, and the
 * page after the login cannot be opened. On one machine the gateway would listen there itself and
 * finish the login behind the customer's back. Whoever holds the port already keeps it.
 */
import { createServer } from 'node:net';
import type { Server } from 'node:net';

const callbackPort = 1455;
const hosts = ['127.0.0.1', '::1'];

const hold = (host: string): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(callbackPort, host, () => resolve(server));
  });

export const holdCallbackPort = async (): Promise<() => void> => {
  const held = await Promise.all(hosts.map(hold));
  return () => held.forEach((server) => server?.close());
};
