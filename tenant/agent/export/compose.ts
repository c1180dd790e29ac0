/**
 * The compose file for a host of the customer's own. Guarantees: pure; no secret, no address of this
 * platform; reached from that host alone, by the token that its owner makes.
 */
import { barePort } from './bare-config.ts';

/** Where the stack does not say which image it runs. */
const anyImage = 'ghcr.io/openclaw/openclaw:latest';

const quote = (value: string): string => JSON.stringify(value.replaceAll('$', '$$$$'));

export function bareCompose(expectedImage: string): string {
  const image = quote(expectedImage === '' ? anyImage : expectedImage);
  return `# OpenClaw on a machine of your own. How to start it: README.en.md, README.ko.md
name: openclaw
services:
  openclaw:
    image: ${image}
    # Fixed: the state was written under this name.
    hostname: openclaw
    user: "1000:1000"
    restart: unless-stopped
    stop_grace_period: 60s
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    ulimits: {core: 0}
    tmpfs: ["/tmp:size=256m", "/home/node:uid=1000,gid=1000,size=64m"]
    mem_limit: 2g
    pids_limit: 512
    environment:
      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN:?make it first, as the note says}
      OPENCLAW_DISABLE_BONJOUR: "1"
      OPENCLAW_NO_AUTO_UPDATE: "1"
    # This machine only. To reach it from elsewhere use an SSH tunnel, not another address here.
    ports: ["127.0.0.1:${barePort}:18789"]
    volumes: ["./state:/home/node/.openclaw:z"]
    healthcheck:
      test: ["CMD", "curl", "-fsS", "http://127.0.0.1:18789/startupz"]
      interval: 3s
      timeout: 5s
      retries: 60
  # Once: gives the unpacked files to the user that OpenClaw runs as.
  prepare:
    profiles: [prepare]
    image: ${image}
    user: "0:0"
    entrypoint: ["chown", "-hR", "1000:1000", "/state"]
    network_mode: none
    read_only: true
    cap_drop: [ALL]
    cap_add: [CHOWN, DAC_READ_SEARCH]
    security_opt: ["no-new-privileges:true"]
    volumes: ["./state:/state:z"]
`;
}
