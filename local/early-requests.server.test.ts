import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { holdEarlyRequests } from './early-requests.ts';

test('a request that comes before its server is ready is answered, and handled once', async () => {
  const server = createServer();
  const early = holdEarlyRequests(server);
  const arrived = new Promise((resolve) => server.once('request', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const asking = fetch(`http://127.0.0.1:${port}/early`, { method: 'POST', body: 'hello' });
  await arrived;

  const handled: string[] = [];
  server.on('request', (request, response) => {
    handled.push(request.url ?? '');
    request.pipe(response);
  });
  early.release();
  expect(await (await asking).text()).toBe('hello');
  expect(await (await fetch(`http://127.0.0.1:${port}/later`)).text()).toBe('');
  expect(handled).toEqual(['/early', '/later']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
