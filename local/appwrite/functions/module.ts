import type { DomainHandler, Module, Services } from '../kernel/types.ts';

export function createFunctions(_services: Services): Module & { readonly domains: DomainHandler } {
  return { schema: '', routes: [], domains: { handle: () => Promise.resolve(false) } };
}
