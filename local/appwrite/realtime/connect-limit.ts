/** 128 connections a minute for each address, in fixed minutes; remembers a bounded number. */
import type { ServerClock } from '../kernel/types.ts';

const MAX_CONNECTS = 128;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export function createConnectLimit(clock: ServerClock): (ip: string) => boolean {
  const counts = new Map<string, number>();
  let window = -1;
  return (ip) => {
    const now = Math.floor(clock.now() / WINDOW_MS);
    if (now !== window) counts.clear();
    window = now;
    const count = (counts.get(ip) ?? 0) + 1;
    if (count === 1 && counts.size >= MAX_ADDRESSES) return false;
    counts.set(ip, count);
    return count <= MAX_CONNECTS;
  };
}
