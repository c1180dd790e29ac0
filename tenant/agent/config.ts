/**
 * The agent's settings, parsed once from its environment.
 * Guarantees: nothing secret is read (a private key among the public ones is refused), every
 * address is well formed, and a wrong setting is named in one line without its value.
 */
import { isIP } from 'node:net';
import * as z from 'zod/mini';
import { agentModes } from '#schemas/contract/agent-export.ts';
import type { StateOrder } from './bootstrap/state-copy.ts';

const port = z.pipe(
  z.string().check(z.regex(/^\d{1,5}$/)),
  z.pipe(z.transform(Number), z.int().check(z.minimum(1), z.maximum(65_535))),
);
const originOf = (protocols: readonly string[]) =>
  z.string().check(
    z.refine((value) => {
      if (!URL.canParse(value)) return false;
      const url = new URL(value);
      return protocols.includes(url.protocol) && url.origin === value;
    }, 'must be an origin such as https://example.com'),
  );
const address = z.string().check(z.refine((value) => isIP(value) !== 0, 'must be an IP address'));
const gatewayAddress = z.string().check(z.regex(/^ws:\/\/[a-zA-Z0-9.-]{1,253}:\d{1,5}$/));
const absolutePath = z.string().check(z.regex(/^\/[^\0]*$/, 'must be an absolute path'));

/** A public Ed25519 key of the control plane. A `d` (private part) must never arrive here. */
const publicKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  kid: z.string().check(z.minLength(1), z.maxLength(64)),
  d: z.optional(z.undefined()),
});
const keySet = z.object({
  keys: z.array(publicKey).check(
    z.minLength(1),
    z.maxLength(8),
    z.refine(
      (keys) => new Set(keys.map((key) => key.kid)).size === keys.length,
      'must be of different kid',
    ),
  ),
});
export type PublicKeySet = z.infer<typeof keySet>;

const keySetText = z.pipe(
  z.pipe(
    z.string().check(z.maxLength(16_384)),
    z.transform((value, context): unknown => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.issues.push({ code: 'custom', message: 'must be JSON', input: null });
        return z.NEVER;
      }
    }),
  ),
  keySet,
);

const environment = z.object({
  RUNTIME_ID: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,64}$/)),
  RUNTIME_HOST: z.string().check(z.regex(/^[a-z0-9.-]{1,253}(:\d{1,5})?$/)),
  RUNTIME_SCHEME: z.enum(['https', 'http']),
  SITE_ORIGIN: originOf(['https:', 'http:']),
  CONTROL_PLANE_KEYS: keySetText,
  EXPECTED_IMAGE: z._default(z.string().check(z.maxLength(512)), ''),
  GATEWAY_URL: gatewayAddress,
  GATEWAY_BIND: z.enum(['lan', 'loopback']),
  GATEWAY_PORT: port,
  AGENT_ADDRESS: address,
  AGENT_PORT: port,
  AGENT_DATA_DIR: absolutePath,
  OPENCLAW_STATE_DIR: absolutePath,
  BACKUP_DIR: absolutePath,
  SCRATCH_DIR: absolutePath,
  SCRATCH_URL: gatewayAddress,
  CODEX_AUTHORIZE_ORIGIN: z.optional(originOf(['https:', 'http:'])),
  AGENT_MODE: z._default(z.enum(agentModes), 'run'),
  STATE_ORDER: z.optional(z.string().check(z.regex(/^(copy|restore):[a-zA-Z0-9]{8,48}$/))),
});

export interface AgentConfig {
  readonly runtimeId: string;
  /** Public address of the runtime, such as `https://acme.runtimes.example`. */
  readonly publicOrigin: string;
  readonly publicHost: string;
  readonly publicScheme: 'https' | 'http';
  readonly siteOrigin: string;
  readonly controlPlaneKeys: PublicKeySet;
  readonly gatewayUrl: string;
  readonly gatewayBind: 'lan' | 'loopback';
  readonly gatewayPort: number;
  /** The address the gateway sees the agent from: its only trusted proxy. */
  readonly agentAddress: string;
  readonly listenAddress: string;
  readonly listenPort: number;
  readonly dataDir: string;
  readonly openclawStateDir: string;
  /** Sealed backups; nothing but the agent sees it. */
  readonly backupDir: string;
  /** The scratch runtime's state folder, as the agent sees it. */
  readonly scratchDir: string;
  /** The same as its gateway sees it. */
  readonly scratchStateDir: string;
  readonly scratchUrl: string;
  /** Replaces the issuer's origin in the authorize URL; for a local stand-in of the issuer. */
  readonly codexAuthorizeOrigin: string | null;
  /** OpenClaw's image as the stack names it; '' = not said. */
  readonly expectedImage: string;
  /** `export`: no gateway is deployed, and the state of a suspended runtime is all there is. */
  readonly mode: (typeof agentModes)[number];
  /** What bootstrap does with the state before the gateway starts. */
  readonly stateOrder: StateOrder | null;
}

export class ConfigError extends Error {}

/** Throws `ConfigError` naming the variables, never their values. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): AgentConfig {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} ${present[name] === undefined ? 'is missing' : reasonOf(message)}`;
    });
    throw new ConfigError(`settings refused: ${[...new Set(problems)].join('; ')}`);
  }
  const values = parsed.data;
  return {
    runtimeId: values.RUNTIME_ID,
    publicOrigin: `${values.RUNTIME_SCHEME}://${values.RUNTIME_HOST}`,
    publicHost: values.RUNTIME_HOST,
    publicScheme: values.RUNTIME_SCHEME,
    siteOrigin: values.SITE_ORIGIN,
    controlPlaneKeys: values.CONTROL_PLANE_KEYS,
    gatewayUrl: values.GATEWAY_URL,
    gatewayBind: values.GATEWAY_BIND,
    gatewayPort: values.GATEWAY_PORT,
    agentAddress: values.AGENT_ADDRESS,
    listenAddress: values.GATEWAY_BIND === 'loopback' ? '127.0.0.1' : '0.0.0.0',
    listenPort: values.AGENT_PORT,
    dataDir: values.AGENT_DATA_DIR,
    openclawStateDir: values.OPENCLAW_STATE_DIR,
    backupDir: values.BACKUP_DIR,
    scratchDir: values.SCRATCH_DIR,
    // As containers both gateways find their state at the same place, each on a volume of its own.
    scratchStateDir:
      values.GATEWAY_BIND === 'loopback' ? values.SCRATCH_DIR : values.OPENCLAW_STATE_DIR,
    scratchUrl: values.SCRATCH_URL,
    codexAuthorizeOrigin: values.CODEX_AUTHORIZE_ORIGIN ?? null,
    expectedImage: values.EXPECTED_IMAGE,
    mode: values.AGENT_MODE,
    stateOrder: orderOf(values.STATE_ORDER),
  };
}

function orderOf(text: string | undefined): StateOrder | null {
  const [kind, id = ''] = text?.split(':') ?? [];
  return kind === 'copy' || kind === 'restore' ? { kind, id } : null;
}

/** The library's own words are vague, and might one day quote the value. */
function reasonOf(message: string): string {
  return message.startsWith('must be') ? message : 'is malformed';
}
