import type { Module, RealtimeHandler, Services } from '../kernel/types.ts';

export function createRealtime(_services: Services): Module & { readonly realtime: RealtimeHandler } {
  return { schema: '', routes: [], realtime: { upgrade: (_request, socket) => void socket.destroy() } };
}
