/**
 * Brings one compose service to a configuration, and reads what it has. An update is sent only when
 * something differs and is believed only when read back; our settings are part of it: raw source,
 * own network (isolated), no deploy by webhook, no env. Idempotent by composeId.
 */
import { createHash } from 'node:crypto';
import type { ComposeConfig, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { DokployAnswer, DokployDomain } from '#schemas/wire/dokploy.ts';
import type { DokployCall } from './client.ts';
import { listContainers, targetIn } from './containers.ts';
import { byAge, failed, lookAfterUnknown, ok } from './outcome.ts';

type ComposeOne = DokployAnswer<'compose.one'>;
type Row = Omit<ComposeOne, 'env' | 'deployments' | 'domains'>;

/** `--wait` lets health decide: without it `done` only says that containers were started. */
const upCommand = (appName: string, waitSeconds: number): string =>
  `compose -p ${appName} -f docker-compose.yml up -d --remove-orphans --wait ` +
  `--wait-timeout ${waitSeconds}`;

/** Booleans are JSON booleans: Dokploy reads the text "false" as true. */
const wantedRow = (appName: string, config: ComposeConfig) => ({
  sourceType: 'raw' as const,
  composeFile: config.file,
  command: upCommand(appName, config.waitSeconds),
  isolatedDeployment: true,
  autoDeploy: false,
});

const isAsWanted = (row: Row, wanted: ReturnType<typeof wantedRow>): boolean =>
  Object.entries(wanted).every(([name, value]) => row[name as keyof typeof wanted] === value);

const ensureRow = async (
  call: DokployCall,
  row: Row,
  config: ComposeConfig,
): Promise<DeployerOutcome<null>> => {
  const wanted = wantedRow(row.appName, config);
  if (isAsWanted(row, wanted)) return ok(null);
  const { composeId } = row;
  const updated = await lookAfterUnknown<Row | undefined>(
    await call('compose.update', { composeId, ...wanted }),
    async () => {
      const seen = await call('compose.one', { composeId });
      if (seen.kind !== 'ok') return seen;
      return ok(isAsWanted(seen.value, wanted) ? seen.value : null);
    },
  );
  if (updated.kind !== 'ok') return updated;
  // 200 with an empty body is Dokploy's answer for an id it does not know.
  if (updated.value === undefined) return { kind: 'not_found' };
  // The answer is the row as stored: a setting that did not take would expose or share something.
  return isAsWanted(updated.value, wanted) ? ok(null) : failed;
};

const domainFields = (config: ComposeConfig) => ({
  host: config.host,
  port: config.servicePort,
  serviceName: config.serviceName,
  https: config.https,
  certificateType: config.https ? ('letsencrypt' as const) : ('none' as const),
  path: '/',
});

const sameDomain = (domain: DokployDomain, config: ComposeConfig): boolean =>
  domain.port === config.servicePort &&
  domain.serviceName === config.serviceName &&
  domain.https === config.https &&
  domain.enabled;

type DomainId = { readonly domainId: string };

/** Same host twice is accepted there, so the oldest is ours; ids decide, rows carry no time. */
const domainOf = (domains: readonly DokployDomain[], host: string): DokployDomain | null =>
  domains
    .filter((domain) => domain.host === host)
    .toSorted((left, right) => left.uniqueConfigKey - right.uniqueConfigKey)[0] ?? null;

const ensureDomain = async (
  call: DokployCall,
  wanted: { readonly composeId: string; readonly config: ComposeConfig },
  domains: readonly DokployDomain[],
): Promise<DeployerOutcome<DomainId>> => {
  const { composeId, config } = wanted;
  const fields = domainFields(config);
  const look = async (): Promise<DeployerOutcome<DomainId | null>> => {
    const seen = await call('domain.byComposeId', { composeId });
    if (seen.kind !== 'ok') return seen;
    const domain = domainOf(seen.value, config.host);
    if (domain === null || !sameDomain(domain, config)) return ok(null);
    return ok({ domainId: domain.domainId });
  };
  const found = domainOf(domains, config.host);
  if (found === null) {
    const created = await call('domain.create', { ...fields, composeId, domainType: 'compose' });
    return lookAfterUnknown<DomainId>(created, look);
  }
  const { domainId } = found;
  if (sameDomain(found, config)) return ok({ domainId });
  const updated = await call('domain.update', { ...fields, domainId, enabled: true });
  return lookAfterUnknown<DomainId>(updated, look);
};

export const configure =
  (call: DokployCall): Deployer['configure'] =>
  async (composeId, config) => {
    const current = await call('compose.one', { composeId });
    if (current.kind !== 'ok') return current;
    const { domains, ...row } = current.value;
    const written = await ensureRow(call, row, config);
    if (written.kind !== 'ok') return written;
    const domain = await ensureDomain(call, { composeId, config }, domains);
    return domain.kind === 'ok' ? ok({ domainId: domain.value.domainId }) : domain;
  };

interface Picked {
  readonly sourceType: string;
  readonly file: string;
  readonly command: string;
  readonly isolated: boolean;
  readonly autoDeploy: boolean;
  readonly hasEnv: boolean;
  readonly domains: readonly (readonly unknown[])[];
}

const hashOf = (picked: Picked): string =>
  createHash('sha256').update(JSON.stringify(picked)).digest('hex').slice(0, 32);

/** Dokploy adds six characters to our name; a hash made before the service exists has none. */
const anyAppName = 'app';

/** A hash of what was asked for: equal to `hashOfRow` exactly when nothing has drifted. */
export const configHash: Deployer['configHash'] = (config) => {
  const row = wantedRow(anyAppName, config);
  const domain = domainFields(config);
  return hashOf({
    sourceType: row.sourceType,
    file: row.composeFile,
    command: row.command,
    isolated: row.isolatedDeployment,
    autoDeploy: row.autoDeploy,
    hasEnv: false,
    domains: [[domain.host, domain.port, domain.serviceName, domain.https, true]],
  });
};

const hashOfRow = (row: ComposeOne): string =>
  hashOf({
    sourceType: row.sourceType,
    file: row.composeFile,
    command: row.command.replace(` -p ${row.appName} `, ` -p ${anyAppName} `),
    isolated: row.isolatedDeployment,
    autoDeploy: row.autoDeploy === true,
    hasEnv: row.env,
    domains: row.domains
      .toSorted((left, right) => left.uniqueConfigKey - right.uniqueConfigKey)
      .map((domain) => [
        domain.host,
        domain.port,
        domain.serviceName,
        domain.https,
        domain.enabled,
      ]),
  });

export const inspect =
  (call: DokployCall): Deployer['inspect'] =>
  async (composeId) => {
    const row = await call('compose.one', { composeId });
    if (row.kind !== 'ok') return row;
    const { deployments, serverId } = row.value;
    const containers = await listContainers(call, targetIn(row.value));
    if (containers.kind !== 'ok') return containers;
    const newest = byAge(deployments, ({ deploymentId }) => deploymentId).at(-1);
    const latestTitle = newest?.title ?? null;
    return ok({
      hash: hashOfRow(row.value),
      serverId,
      latestTitle,
      containers: containers.value,
    });
  };
