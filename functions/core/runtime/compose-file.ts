/**
 * The one compose template, rendered from non-secrets only: ids, host, image references, public
 * keys. Equal input gives equal bytes, so that its hash says whether anything has to be written.
 * Hardening and the reasons for it: docs/adr/0006-tenant-stack.md.
 */

import { scratchService } from './scratch-service.ts';

export interface StackInput {
  readonly runtimeId: string;
  /** Public host, with the port where it is not the scheme's own. */
  readonly host: string;
  readonly scheme: 'https' | 'http';
  readonly siteOrigin: string;
  readonly openclawImage: string;
  readonly agentImage: string;
  /** JSON Web Key Set, public keys only. */
  readonly controlPlaneKeys: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Three bytes that place the runtime's private network: `10.<a>.<b>.<c & 0xf0>/28`. */
  readonly networkSeed: readonly [number, number, number];
  /** Only where a stand-in takes the place of auth.openai.com. */
  readonly codexAuthorizeOrigin?: string;
  /** What bootstrap does with the state before the gateway starts: `copy:<id>`, `restore:<id>`. */
  readonly stateOrder?: string;
  /** Bootstrap and agent alone, who then do nothing but the export; the state is left as it is. */
  readonly exportOnly?: boolean;
}

const quote = (value: string): string => JSON.stringify(value);

interface Network {
  readonly subnet: string;
  readonly agent: string;
  readonly openclaw: string;
  readonly scratch: string;
}

/** 10.128.0.0/9 in /28 steps: half a million places, away from Docker's own 172.16.0.0/12. */
export const networkOf = ([first, second, third]: StackInput['networkSeed']): Network => {
  const prefix = `10.${128 + (first & 0x7f)}.${second & 0xff}`;
  const base = third & 0xf0;
  return {
    subnet: `${prefix}.${base}/28`,
    agent: `${prefix}.${base + 2}`,
    openclaw: `${prefix}.${base + 3}`,
    scratch: `${prefix}.${base + 4}`,
  };
};

const hardened = `    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    # A crash must not write memory, and the logins in it, onto the server's disk.
    ulimits: {core: 0}
    # One tenant's words must not fill the server's disk.
    logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}`;

const agentEnvironment = (input: StackInput, network: Network): string => {
  const environment: Readonly<Record<string, string>> = {
    RUNTIME_ID: input.runtimeId,
    RUNTIME_HOST: input.host,
    RUNTIME_SCHEME: input.scheme,
    SITE_ORIGIN: input.siteOrigin,
    CONTROL_PLANE_KEYS: input.controlPlaneKeys,
    EXPECTED_IMAGE: input.openclawImage,
    // By address: Dokploy's isolated network also knows the name, and what comes over that network
    // does not come from AGENT_ADDRESS, the gateway's only trusted proxy.
    GATEWAY_URL: `ws://${network.openclaw}:18789`,
    GATEWAY_BIND: 'lan',
    GATEWAY_PORT: '18789',
    AGENT_ADDRESS: network.agent,
    AGENT_PORT: '8080',
    AGENT_DATA_DIR: '/data',
    OPENCLAW_STATE_DIR: '/home/node/.openclaw',
    BACKUP_DIR: '/backups',
    SCRATCH_DIR: '/scratch',
    SCRATCH_URL: `ws://${network.scratch}:18789`,
    ...(input.codexAuthorizeOrigin === undefined
      ? {}
      : { CODEX_AUTHORIZE_ORIGIN: input.codexAuthorizeOrigin }),
    ...(input.exportOnly === true ? { AGENT_MODE: 'export' } : {}),
  };
  return Object.entries(environment)
    .map(([name, value]) => `      ${name}: ${quote(value.replaceAll('$', '$$$$'))}`)
    .join('\n');
};

const agentHealthcheck =
  "fetch('http://127.0.0.1:8080/agent/healthz')" +
  '.then(r=>process.exit(r.ok?0:1),()=>process.exit(1))';

const stateOrder = ({ stateOrder: order, exportOnly }: StackInput): string =>
  order === undefined || exportOnly === true ? '' : `\n      STATE_ORDER: ${quote(order)}`;

const bootstrapService = (input: StackInput, environment: string): string => `  bootstrap:
    image: ${quote(input.agentImage)}
    command: ["bootstrap"]
    restart: "no"
${hardened}
    environment:
${environment}${stateOrder(input)}
    volumes:
      - openclaw-state:/home/node/.openclaw
      - agent-data:/data
      # To bring one back.
      - backups:/backups
    networks: [cell]
`;

const openclawService = (input: StackInput, network: Network): string => `  openclaw:
    image: ${quote(input.openclawImage)}
    # Fixed: a re-created container must own the lease its predecessor left behind.
    hostname: openclaw
    restart: unless-stopped
    stop_grace_period: 60s
${hardened}
    tmpfs: ["/tmp:size=256m", "/home/node:uid=1000,gid=1000,size=64m"]
    mem_limit: ${input.memoryMiB}m
    cpus: ${input.cpus}
    pids_limit: 512
    expose: ["18789"]
    volumes:
      - openclaw-state:/home/node/.openclaw
    depends_on:
      bootstrap:
        condition: service_completed_successfully
    healthcheck:
      test: ["CMD", "curl", "-fsS", "http://127.0.0.1:18789/startupz"]
      interval: 3s
      timeout: 5s
      retries: 60
    networks:
      cell:
        ipv4_address: ${network.openclaw}
`;

const agentService = (input: StackInput, network: Network, environment: string): string => `  agent:
    image: ${quote(input.agentImage)}
    command: ["serve"]
    restart: unless-stopped
    stop_grace_period: 10s
${hardened}
    tmpfs: ["/tmp:size=16m"]
    mem_limit: 192m
    pids_limit: 64
    expose: ["8080"]
    environment:
${environment}
    # The state to copy it, the backups and the scratch runtime's state to make and to prove them:
    # the agent's scopes at the gateway reach all of it anyway.
    volumes:
      - agent-data:/data
      - openclaw-state:/home/node/.openclaw
      - backups:/backups
      - scratch:/scratch
    depends_on:
      bootstrap:
        condition: service_completed_successfully
    healthcheck:
      test: ["CMD", "node", "-e", ${quote(agentHealthcheck)}]
      interval: 3s
      timeout: 5s
      retries: 20
    networks:
      cell:
        ipv4_address: ${network.agent}
`;

export const renderComposeFile = (input: StackInput): string => {
  const network = networkOf(input.networkSeed);
  const environment = agentEnvironment(input, network);
  const gateway = [
    openclawService(input, network),
    scratchService({ image: input.openclawImage, address: network.scratch, hardened }),
  ];
  const [openclaw, scratch] = input.exportOnly === true ? [] : gateway;
  const services = [
    bootstrapService(input, environment),
    openclaw,
    agentService(input, network, environment),
    scratch,
  ].join('');
  return `services:
${services}volumes:
  openclaw-state: {}
  agent-data: {}
  backups: {}
  scratch: {}
networks:
  cell:
    ipam:
      config:
        - subnet: ${network.subnet}
`;
};
