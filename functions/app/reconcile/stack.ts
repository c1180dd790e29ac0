/** The stack of one runtime: template, settings and row in; compose configuration and hash out. */
import type { ComposeConfig } from '#ports/runtime.ts';
import type { Ids } from '#ports/system.ts';
import { planBought } from '#schemas/plans.ts';
import { renderComposeFile } from '#core/runtime/compose-file.ts';
import { hostName } from '#core/runtime/names.ts';
import { deployWaitSeconds } from '#core/runtime/deployment-plan.ts';
import type { Stored } from '#ports/store.ts';

/** Non-secrets of the installation; the same for every runtime. */
export interface StackSettings {
  readonly scheme: 'https' | 'http';
  readonly siteOrigin: string;
  /** What a runtime begins with where no ring says more; its own row says what it stays on. */
  readonly openclawImage: string;
  readonly agentImage: string;
  readonly controlPlaneKeys: string;
  /** Lowest OpenClaw version that is handed over. */
  readonly versionFloor: string;
  readonly codexAuthorizeOrigin?: string;
}

/** `export`: bootstrap and agent alone. */
export type StackServices = 'all' | 'export';

export interface RenderedStack {
  readonly services: StackServices;
  readonly config: ComposeConfig;
  /** Equal hash: nothing has to be written or deployed. */
  readonly hash: string;
  readonly images: Pick<StackSettings, 'openclawImage' | 'agentImage'>;
}

const defaultMemoryMiB = 2048;
const defaultCpus = 2;
const agentPort = 8080;

export const renderStack = (
  settings: StackSettings,
  row: Stored<'runtimes'>,
  ids: Ids,
  services: StackServices = 'all',
): RenderedStack => {
  const seed = ids.sha256Hex(`network:${row.id}`);
  const byteAt = (index: number): number =>
    Number.parseInt(seed.slice(index * 2, index * 2 + 2), 16);
  const plan = planBought(row.planKey, row.planVersion);
  const { codexAuthorizeOrigin } = settings;
  const { agentImage } = settings;
  const openclawImage = row.openclawImage ?? settings.openclawImage;
  const file = renderComposeFile({
    runtimeId: row.id,
    host: row.host,
    scheme: settings.scheme,
    siteOrigin: settings.siteOrigin,
    openclawImage,
    agentImage,
    controlPlaneKeys: settings.controlPlaneKeys,
    memoryMiB: plan?.memoryMiB ?? defaultMemoryMiB,
    cpus: plan?.cpus ?? defaultCpus,
    networkSeed: [byteAt(0), byteAt(1), byteAt(2)],
    ...(codexAuthorizeOrigin === undefined ? {} : { codexAuthorizeOrigin }),
    ...(row.stateOrder === null ? {} : { stateOrder: row.stateOrder }),
    exportOnly: services === 'export',
  });
  const config: ComposeConfig = {
    file,
    host: hostName(row.host),
    https: settings.scheme === 'https',
    serviceName: 'agent',
    servicePort: agentPort,
    waitSeconds: deployWaitSeconds,
  };
  const images = { openclawImage, agentImage };
  return { config, images, services, hash: ids.sha256Hex(JSON.stringify(config)).slice(0, 32) };
};

/** What of a row its stack is made from. */
const inputsOf = ({ host, planKey, planVersion, ...row }: Stored<'runtimes'>): string =>
  JSON.stringify([host, planKey, planVersion, row.openclawImage, row.stateOrder]);

/** For one run: an update, a plan or an export that comes meanwhile is seen; nothing is rendered twice. */
export const stackReader = (
  settings: StackSettings,
  ids: Ids,
): ((row: Stored<'runtimes'>, services: StackServices) => RenderedStack) => {
  let known: { readonly inputs: string; readonly stack: RenderedStack } | null = null;
  return (row, services) => {
    const inputs = `${services} ${inputsOf(row)}`;
    if (known?.inputs !== inputs) {
      known = { inputs, stack: renderStack(settings, row, ids, services) };
    }
    return known.stack;
  };
};
