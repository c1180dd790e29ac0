/** What stands at Dokploy and what runs on its machine, seen without the product's adapter. */
import { readFileSync, readdirSync } from 'node:fs';
import { dokployOperations } from '#schemas/wire/dokploy.ts';
import type { DokployAnswer, DokployInput, DokployOperation } from '#schemas/wire/dokploy.ts';
import type { Stage } from './stage.ts';
import { patiently } from './stage.ts';

const call = async <O extends DokployOperation>(
  { product }: Stage,
  operation: O,
  input: DokployInput<O>,
): Promise<DokployAnswer<O>> => {
  const { answer, method } = dokployOperations[operation];
  const isQuery = method === 'GET';
  const query = isQuery
    ? `?${new URLSearchParams(input as Record<string, string>).toString()}`
    : '';
  const response = await fetch(`${product.world.dokployUrl}/api/${operation}${query}`, {
    method,
    headers: { 'x-api-key': product.secrets.dokployKey, 'content-type': 'application/json' },
    ...(isQuery ? {} : { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${operation}: ${response.status}`);
  return answer.parse(text === '' ? undefined : JSON.parse(text)) as DokployAnswer<O>;
};

/** As somebody does in its web form, behind our back. */
export const stopBehindBack = async (stage: Stage, composeId: string): Promise<void> => {
  await call(stage, 'compose.stop', { composeId });
};

export interface Compose {
  readonly composeId: string;
  readonly name: string;
  readonly appName: string;
  readonly status: string;
  readonly projectId: string;
}

/** Of every project, so that one made twice would be seen. */
export const composes = (stage: Stage): Promise<readonly Compose[]> =>
  patiently(async () => {
    const projects = await call(stage, 'project.all', {});
    const found = await Promise.all(
      projects.map(async ({ projectId }) => {
        const environments = await call(stage, 'environment.byProjectId', { projectId });
        return environments.flatMap(({ compose }) =>
          compose.map(({ composeId, name, appName, composeStatus }) => ({
            composeId,
            name,
            appName: appName ?? '',
            status: composeStatus,
            projectId,
          })),
        );
      }),
    );
    return found.flat();
  });

/** Names of the running containers of one stack. */
export const runningIn = async (stage: Stage, appName: string): Promise<readonly string[]> => {
  const query = { appName, appType: 'docker-compose' } as const;
  const found = await call(stage, 'docker.getContainersByAppNameMatch', query);
  return found.filter(({ state }) => state === 'running').map(({ name }) => name);
};

interface Serving {
  readonly pid: number;
  readonly runtimeId: string;
}

const serving = ({ product }: Stage): readonly Serving[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = textOf(`/proc/${pid}/cmdline`);
      const environment = textOf(`/proc/${pid}/environ`);
      const isOurs = environment.includes(product.places.dokploy);
      if (!isOurs || !command.includes('agent.mjs\0serve')) return [];
      const runtimeId = /(?:^|\0)RUNTIME_ID=([^\0]*)/.exec(environment)?.[1] ?? '';
      return [{ pid: Number(pid), runtimeId }];
    });

/** `RUNTIME_ID` of every agent that serves on this machine for this product, alive or forgotten. */
export const servingAgents = (stage: Stage): readonly string[] =>
  serving(stage)
    .map(({ runtimeId }) => runtimeId)
    .toSorted();

/** Processes of one runtime's agent. */
export const agentsOf = (stage: Stage, id: string): readonly number[] =>
  serving(stage).flatMap(({ pid, runtimeId }) => (runtimeId === id ? [pid] : []));

/** Processes of this product's gateways. */
export const servingGateways = ({ product }: Stage): number =>
  readdirSync('/proc').filter((pid) => {
    const isGateway = textOf(`/proc/${pid}/cmdline`).includes('crash/product/gateway.ts');
    return isGateway && textOf(`/proc/${pid}/environ`).includes(product.places.dokploy);
  }).length;

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
