/**
 * A server that has to listen before its parts are there (they need its port) is called before it can
 * answer, above all when it comes back under load. Node drops such a request without a word and its
 * caller waits for ever; here it waits until `release`.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface EarlyRequests {
  /** Once the server's own handler is attached; what waited is given to it. */
  readonly release: () => void;
}

export const holdEarlyRequests = (server: Server): EarlyRequests => {
  const early: (readonly [IncomingMessage, ServerResponse])[] = [];
  const hold = (request: IncomingMessage, response: ServerResponse): void => {
    early.push([request, response]);
  };
  server.on('request', hold);
  return {
    release: () => {
      server.off('request', hold);
      for (const [request, response] of early.splice(0)) server.emit('request', request, response);
    },
  };
};
