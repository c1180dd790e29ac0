import type { Module, Services } from '../kernel/types.ts';

export function createSites(_services: Services): Module {
  return { schema: '', routes: [] };
}
