import type { Module, Services } from '../kernel/types.ts';

export function createTablesDb(_services: Services): Module {
  return { schema: '', routes: [] };
}
