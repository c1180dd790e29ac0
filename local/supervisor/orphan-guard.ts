/**
 * Loaded before each part (`node --import`): when the supervisor dies, however it dies, its end of
 * the pipe on descriptor 3 closes, and the part ends itself. So nothing is ever left behind.
 */
import { Socket } from 'node:net';

const graceMs = 15_000;

const lifeline = new Socket({ fd: 3, readable: true, writable: false });
lifeline.on('error', () => undefined);
lifeline.on('close', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), graceMs).unref();
});
lifeline.resume();
lifeline.unref();
