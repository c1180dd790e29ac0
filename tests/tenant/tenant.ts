/** One tenant in the house: deployed as the reconciler does it, reached as everybody reaches it. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { networkOf, renderComposeFile } from '#core/runtime/compose-file.ts';
import type { StackInput } from '#core/runtime/compose-file.ts';
import { agentTestImage } from '#local/supervisor/tenant-images.ts';
import type { AgentOutcome, DeployerOutcome } from '#ports/runtime.ts';
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import type { AgentScope, SmokeReport, StateAnswer } from '#schemas/contract/agent.ts';
import { eventually } from '#tests/support/http.ts';
import { hostNameOf, siteOrigin } from './house.ts';
import type { House, TenantName } from './house.ts';

export type Service = 'bootstrap' | 'openclaw' | 'agent' | 'scratch';

export interface Tenant {
  readonly runtimeId: string;
  /** With the port: as the row has it. */
  readonly host: string;
  readonly composeId: string;
  /** Dokploy's name of the project, also of its isolated network. */
  readonly appName: string;
  readonly network: ReturnType<typeof networkOf>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** One of 32,768 ranges a run: two runs on one machine would draw each other's packets. */
const [first = 0, second = 0] = randomBytes(2);
const seeds: Readonly<Record<TenantName, StackInput['networkSeed']>> = {
  acme: [first, second, 0x10],
  other: [first, second, 0x20],
};
/** Where it stands, before it is deployed. */
export const networkFor = (name: TenantName): ReturnType<typeof networkOf> =>
  networkOf(seeds[name]);

const deployWithinMs = 300_000;
const waitSeconds = 240;

export const valueOf = <T>(outcome: DeployerOutcome<T> | AgentOutcome<T>): T => {
  if (outcome.kind !== 'ok') throw new Error(`ended as ${JSON.stringify(outcome)}`);
  return outcome.value;
};

export const containerOf = ({ appName }: Pick<Tenant, 'appName'>, service: Service): string =>
  `${appName}-${service}-1`;

export interface StackChanges {
  readonly memoryMiB?: number;
  /** Bootstrap and agent alone, as a suspended runtime is exported. */
  readonly exportOnly?: boolean;
}

const inputFor = (house: House, name: TenantName, changes: StackChanges): StackInput => ({
  runtimeId: `rt_${name}`,
  host: `${hostNameOf(name)}:${house.tls.port}`,
  scheme: 'https',
  siteOrigin,
  openclawImage: house.openclawImage,
  agentImage: agentTestImage,
  controlPlaneKeys: house.controlPlaneKeys,
  memoryMiB: changes.memoryMiB ?? 2_048,
  cpus: 2,
  networkSeed: seeds[name],
  codexAuthorizeOrigin: house.openAi.listening,
  ...(changes.exportOnly === true ? { exportOnly: true } : {}),
});

/** Writes the stack and deploys it under `title`; returns when Dokploy calls it done. */
export const deploy = async (
  house: House,
  use: {
    readonly name: TenantName;
    readonly title: string;
    readonly changes?: StackChanges;
    /** With Dokploy's name of the project, before anything of it runs. */
    readonly before?: (appName: string) => Promise<void>;
  },
): Promise<Tenant> => {
  const { deployer } = house;
  const { name, title } = use;
  const input = inputFor(house, name, use.changes ?? {});
  const place = valueOf(await deployer.ensureProject('tenants'));
  const { composeId } = valueOf(await deployer.ensureCompose({ ...place, name }));
  const { name: appName } = valueOf(await deployer.composeStatus(composeId));
  await use.before?.(appName);
  const routed = { serviceName: 'agent', servicePort: 8_080, https: true, waitSeconds };
  const file = renderComposeFile(input);
  valueOf(await deployer.configure(composeId, { ...routed, file, host: hostNameOf(name) }));
  valueOf(await deployer.deploy(composeId, title));
  const status = await eventually(
    async () => valueOf(await deployer.deploymentStatus(composeId, title)).status,
    (seen) => seen === 'done' || seen === 'error',
    deployWithinMs,
  );
  if (status === 'error') throw new Error(valueOf(await deployer.failureLog(composeId, title)));
  const { runtimeId, host } = input;
  return { runtimeId, host, composeId, appName, network: networkOf(input.networkSeed) };
};

const agents = new Agent({ keepAlive: false });
const replyWithinMs = 30_000;

/** A request to the tenant's public address, as any browser sends it. */
export const ask = async (
  { host }: Pick<Tenant, 'host'>,
  path: string,
  use: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Reply> => {
  const url = new URL(`https://${host}${path}`);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request({
      ...{ host: '127.0.0.1', port: url.port, servername: url.hostname, agent: agents },
      ...{ method: use.method ?? 'GET', path, setHost: false },
      headers: { host, ...use.headers },
      signal: AbortSignal.timeout(replyWithinMs),
    });
    call.on('response', resolve);
    call.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer);
    });
    call.on('error', reject);
    call.end(use.body);
  });
  const { statusCode: status = 0, headers } = response;
  return { status, headers, text: status === 101 ? '' : await text(response) };
};

/** The customer. */
export const userId = 'user_owner';

/** A call of the customer's browser, with a ticket of its user. */
export const askAgent = async (
  house: House,
  tenant: Tenant,
  call: { readonly scope: AgentScope; readonly body: unknown; readonly attempt?: string },
): Promise<Reply> => {
  const { scope, attempt } = call;
  const { token } = await house.tickets.mint({
    ...{ runtimeId: tenant.runtimeId, subject: userId, scope, lifeSeconds: 60 },
    ...(attempt === undefined ? {} : { attempt }),
  });
  return ask(tenant, `${agentBasePath}${agentRoutes[scope]}`, {
    method: 'POST',
    headers: {
      origin: siteOrigin,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(call.body),
  });
};

export const stateOf = async (house: House, tenant: Tenant): Promise<StateAnswer> =>
  valueOf(await house.agent.state(tenant));

/** What the agent says, once it says what is waited for; an agent that is away is asked again. */
export const stateWhen = async (
  house: House,
  tenant: Tenant,
  wait: { readonly until: (state: StateAnswer) => boolean; readonly withinMs: number },
): Promise<StateAnswer> => {
  const seen = await eventually(
    () => house.agent.state(tenant),
    (outcome) => outcome.kind === 'ok' && wait.until(outcome.value),
    wait.withinMs,
  );
  return valueOf(seen);
};

const turnWithinMs = 190_000;

export const smoke = async (
  house: House,
  tenant: Tenant,
  order: { readonly smokeId: string; readonly nonce: string },
): Promise<SmokeReport> => {
  valueOf(await house.agent.startSmoke(tenant, order));
  const { smoke: report } = await stateWhen(house, tenant, {
    until: ({ smoke: seen }) => seen?.smokeId === order.smokeId && seen.finishedAtMs !== null,
    withinMs: turnWithinMs,
  });
  if (report === null) throw new Error('no report');
  return report;
};

/** Where the issuer sends the person's browser after its page. */
export const decide = async (
  authorizeUrl: string,
  decision: 'continue' | 'deny',
): Promise<string> => {
  const response = await fetch(authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ decision, account: 'demo' }).toString(),
  });
  return response.headers.get('location') ?? '';
};

/** The person types the code on the issuer's page and agrees. */
export const approve = async (house: House, userCode: string): Promise<void> => {
  const response = await fetch(`${house.openAi.listening}/codex/device`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      user_code: userCode,
      decision: 'continue',
      account: 'demo',
    }).toString(),
  });
  if (response.status !== 200) throw new Error(`the issuer refused the code: ${response.status}`);
};

/** The whole login by paste; returns when the tenant calls it linked. */
export const logIn = async (house: House, tenant: Tenant): Promise<void> => {
  const { attemptId, authorizeUrl } = valueOf(await house.agent.startCodex(tenant));
  const callbackUrl = await decide(authorizeUrl, 'continue');
  const call = { scope: 'codex:callback', body: { callbackUrl }, attempt: attemptId } as const;
  const { status, text: said } = await askAgent(house, tenant, call);
  if (status !== 200) throw new Error(`the login ended with ${status} ${said}`);
};

export const turnKnobs = async (house: House, knobs: Record<string, unknown>): Promise<void> => {
  const response = await fetch(`${house.openAi.listening}/_ctl/knobs`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(knobs),
  });
  if (!response.ok) throw new Error(`the knobs were refused: ${response.status}`);
};
