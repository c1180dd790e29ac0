/** domain.*: rows only; a change acts on the ingress with the next deployment. */
import { Resolver } from 'node:dns/promises';
import type * as z from 'zod/mini';
import { newId } from '../ids.ts';
import type { Domain } from '../store.ts';
import { ApiError } from './errors.ts';
import * as inputs from './inputs.ts';
import { mutation, type Operations, query, refuseFull, type World } from './operation.ts';

export const domainOperations: Operations = {
  'domain.create': mutation(inputs.domainCreate, (input, world) => {
    const { state } = world.store;
    refuseFull(state.domains);
    if (input.composeId && world.store.compose(input.composeId) === undefined) {
      throw new ApiError('NOT_FOUND', 'Compose not found');
    }
    const row = newDomain(input, state.nextDomainKey);
    state.nextDomainKey += 1;
    state.domains.push(row);
    world.store.save();
    return row;
  }),
  'domain.byComposeId': query(inputs.composeId, (input, { store }) => {
    const compose = store.compose(input.composeId);
    if (compose === undefined) throw new ApiError('NOT_FOUND', 'Compose not found');
    const { composeId, appName, name } = compose;
    return store
      .domainsOf(composeId)
      .map((row) => ({ ...row, compose: { composeId, appName, name } }));
  }),
  'domain.update': mutation(inputs.domainUpdate, (input, world) => {
    const row = domainOf(world, input.domainId);
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    Object.assign(row, Object.fromEntries(given));
    world.store.save();
    return row;
  }),
  'domain.delete': mutation(inputs.domainId, (input, world) => {
    const row = domainOf(world, input.domainId);
    const { state } = world.store;
    state.domains = state.domains.filter((each) => each !== row);
    world.store.save();
    return row;
  }),
  'domain.validateDomain': mutation(inputs.domainValidate, async (input) =>
    validateDomain(input.domain, input.serverIp),
  ),
};

function domainOf(world: World, domainId: string): Domain {
  const row = world.store.state.domains.find((each) => each.domainId === domainId);
  if (row === undefined) throw new ApiError('NOT_FOUND', 'Domain not found');
  return row;
}

function newDomain(input: z.infer<typeof inputs.domainCreate>, key: number): Domain {
  return {
    domainId: newId(),
    host: input.host,
    https: input.https ?? false,
    port: input.port ?? 3_000,
    customEntrypoint: input.customEntrypoint ?? null,
    path: input.path ?? '/',
    serviceName: input.serviceName ?? null,
    domainType: input.domainType ?? 'application',
    uniqueConfigKey: key,
    createdAt: new Date().toISOString(),
    composeId: input.composeId ?? null,
    customCertResolver: input.customCertResolver ?? null,
    applicationId: null,
    previewDeploymentId: null,
    certificateType: input.certificateType ?? 'none',
    internalPath: input.internalPath ?? '/',
    stripPath: input.stripPath ?? false,
    middlewares: input.middlewares ?? [],
    forwardAuthEnabled: input.forwardAuthEnabled ?? false,
    enabled: true,
  };
}

/** A real A lookup: names of /etc/hosts and `.localhost` are not found, as recorded. */
async function validateDomain(domain: string, serverIp?: string): Promise<unknown> {
  try {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    const addresses = await resolver.resolve4(domain);
    const resolvedIp = addresses[0] ?? '';
    if (serverIp === undefined || addresses.includes(serverIp)) {
      return { isValid: true, resolvedIp };
    }
    const error = `Domain resolves to ${resolvedIp} but should point to ${serverIp}`;
    return { isValid: false, resolvedIp, error };
  } catch (error) {
    return { isValid: false, error: error instanceof Error ? error.message : 'lookup failed' };
  }
}
