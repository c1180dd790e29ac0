/**
 * The scratch runtime of a tenant's stack: the same OpenClaw image, asleep but for the minute a day
 * in which a backup is restored into it and started. Told by files, because nobody in the stack may
 * speak to Docker: the agent writes `.order`, this answers with `.running`, and ends the gateway when
 * the order is gone, after five minutes, or when the gateway has ended. docs/adr/0019.
 */

/** Asleep it is a shell that looks every two seconds: under 2 MiB. Its last words: /tmp/gateway.log. */
export const scratchScript = `cd "$OPENCLAW_STATE_DIR" || exit 1
rm -f .order .running
openclaw() {
  if [ -n "$SCRATCH_ENTRY" ]; then exec "$SCRATCH_NODE" "$SCRATCH_ENTRY" "$@"; fi
  for entry in /app/dist/index.js /app/node_modules/openclaw/dist/index.js; do
    if [ -e "$entry" ]; then exec node "$entry" "$@"; fi
  done
  exit 127
}
while :; do
  if [ -e .order ]; then
    : > .running
    openclaw gateway --bind "\${SCRATCH_BIND:-lan}" --port "\${SCRATCH_PORT:-18789}" > /tmp/gateway.log 2>&1 &
    gateway=$!
    seconds=0
    while [ -e .order ] && [ "$seconds" -lt 300 ] && kill -0 "$gateway" 2> /dev/null; do
      sleep 1
      seconds=$((seconds + 1))
    done
    kill "$gateway" 2> /dev/null
    seconds=0
    while [ "$seconds" -lt 30 ] && kill -0 "$gateway" 2> /dev/null; do
      sleep 1
      seconds=$((seconds + 1))
    done
    kill -9 "$gateway" 2> /dev/null
    wait "$gateway"
    rm -f .order .running
  fi
  sleep 2
done`;

const stateDir = '/home/node/.openclaw';

/**
 * No channel, no schedule, and no way out: a login refreshed here would be lost to the running
 * gateway, whose refresh token it replaces. Proxies lead nowhere, and no name is known.
 */
const environment: Readonly<Record<string, string>> = {
  OPENCLAW_STATE_DIR: stateDir,
  OPENCLAW_CONFIG_PATH: `${stateDir}/openclaw.json`,
  OPENCLAW_DISABLE_BONJOUR: '1',
  OPENCLAW_NO_RESPAWN: '1',
  OPENCLAW_NO_AUTO_UPDATE: '1',
  OPENCLAW_SKIP_CHANNELS: '1',
  OPENCLAW_SKIP_CRON: '1',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  ALL_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
};

const literal = (value: string): string => JSON.stringify(value.replaceAll('$', '$$$$'));

export interface ScratchInput {
  readonly image: string;
  readonly address: string;
  /** YAML lines that every service of the stack has. */
  readonly hardened: string;
}

export const scratchService = ({ image, address, hardened }: ScratchInput): string => `  scratch:
    image: ${JSON.stringify(image)}
    command: ["sh", "-c", ${literal(scratchScript)}]
    # As of the running one: the state it is given was written under this name.
    hostname: openclaw
    restart: unless-stopped
    stop_grace_period: 10s
${hardened}
    tmpfs: ["/tmp:size=256m", "/home/node:uid=1000,gid=1000,size=64m"]
    mem_limit: 1280m
    cpus: 1
    pids_limit: 256
    dns: ["127.0.0.1"]
    expose: ["18789"]
    environment:
${Object.entries(environment)
  .map(([name, value]) => `      ${name}: ${literal(value)}`)
  .join('\n')}
    volumes:
      - scratch:${stateDir}
    # In place of the image's own, which asks a gateway that is asleep.
    healthcheck:
      test: ["CMD-SHELL", "test -w $$OPENCLAW_STATE_DIR"]
      interval: 5s
      timeout: 5s
      retries: 60
    networks:
      cell:
        ipv4_address: ${address}
`;
