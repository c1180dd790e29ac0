/**
 * What the OpenClaw gateway (2026.9.6, WebSocket protocol 4) sends, as far as we read it.
 * Guarantees: every value the agent takes from the gateway went through one of these shapes, is
 * bounded in length, and carries no token. Fields with an e-mail are not read, but for the ids of
 * login profiles, which are hashed on the tenant and go no further.
 * The gateway belongs to the tenant, so unknown fields are dropped, not trusted.
 */
import * as z from 'zod/mini';

export const gatewayProtocol = 4;

const short = z.string().check(z.maxLength(256));
const text = z.string().check(z.maxLength(64 * 1024));

/** `details.code` names the reason; `message` is for people and never leaves the tenant. */
export const gatewayErrorShape = z.object({
  code: short,
  message: z.catch(text, ''),
  retryable: z.catch(z.optional(z.boolean()), undefined),
  retryAfterMs: z.catch(z.optional(z.number()), undefined),
  /** `limit`: only when a method was called too often, such as `30 per 60s`. */
  details: z.catch(
    z.optional(z.object({ code: z.optional(short), limit: z.catch(z.optional(short), undefined) })),
    undefined,
  ),
});
export type GatewayErrorShape = z.infer<typeof gatewayErrorShape>;

const eventFrame = z.object({
  type: z.literal('event'),
  event: short,
  payload: z.optional(z.unknown()),
});
const responseFrame = z.object({
  type: z.literal('res'),
  id: short,
  ok: z.boolean(),
  payload: z.optional(z.unknown()),
  error: z.optional(gatewayErrorShape),
});
export const gatewayFrame = z.discriminatedUnion('type', [eventFrame, responseFrame]);
export type GatewayFrame = z.infer<typeof gatewayFrame>;
export type GatewayResponse = z.infer<typeof responseFrame>;

/** First event on every socket; the answer to it is `connect`. */
export const connectChallenge = z.object({ nonce: short, ts: z.number() });

export const helloOk = z.object({
  type: z.literal('hello-ok'),
  protocol: z.literal(gatewayProtocol),
  server: z.object({ version: z.string().check(z.maxLength(32)) }),
  auth: z.object({
    role: short,
    scopes: z.array(short).check(z.maxLength(32)),
  }),
});
export type HelloOk = z.infer<typeof helloOk>;

/** `GET /readyz`; remote callers see booleans only. */
export const readyz = z.object({ ready: z.boolean() });

/**
 * `models.authStatus`. Of the profiles only the id is read, `openai:<e-mail>`: it says whose login
 * this is and stays the same when a token is refreshed. It must never leave the tenant.
 */
const authProfile = z.object({ profileId: short, type: z.catch(short, '') });
export const authStatus = z.object({
  providers: z
    .array(
      z.object({
        provider: short,
        status: short,
        expiry: z.catch(z.optional(z.object({ at: z.optional(z.number()) })), undefined),
        profiles: z.catch(z.optional(z.array(authProfile).check(z.maxLength(64))), undefined),
      }),
    )
    .check(z.maxLength(256)),
});
export type AuthStatus = z.infer<typeof authStatus>;

/** `wizard.next`, and the first answer of `models.authLogin`. */
export const wizardStep = z.object({
  id: short,
  type: short,
  externalUrl: z.optional(z.string().check(z.maxLength(4096))),
  /** What the person types at `externalUrl`; only while a device code is waited for. */
  deviceCode: z.catch(
    z.optional(
      z.object({
        code: z.string().check(z.regex(/^[A-Za-z0-9-]{4,32}$/)),
        expiresInMinutes: z.optional(z.number().check(z.positive(), z.maximum(60))),
      }),
    ),
    undefined,
  ),
});
export type WizardStep = z.infer<typeof wizardStep>;

export const wizardAnswer = z.object({
  done: z.boolean(),
  status: z.optional(short),
  step: z.optional(wizardStep),
  error: z.optional(text),
});
export type WizardAnswer = z.infer<typeof wizardAnswer>;

/** `wizard.status`: `running`, `done`, `error`, `cancelled`. */
export const wizardStatus = z.object({ status: short, error: z.optional(text) });

/** `openclaw.setup.verify`: one small request to the model behind the login. */
export const setupVerify = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), modelRef: z.catch(z.optional(short), undefined) }),
  z.object({ ok: z.literal(false), status: short }),
]);
export type SetupVerify = z.infer<typeof setupVerify>;

/** `agent`: accepted at once, the same request id is answered again when the turn has ended. */
export const agentTurn = z.object({
  runId: short,
  status: short,
  summary: z.catch(z.optional(text), undefined),
  result: z.optional(
    z.object({
      payloads: z.catch(
        z.array(z.object({ text: z.catch(z.optional(z.nullable(text)), undefined) })),
        [],
      ),
      meta: z.catch(
        z.optional(
          z.object({
            agentMeta: z.optional(
              z.object({ provider: z.optional(short), model: z.optional(short) }),
            ),
          }),
        ),
        undefined,
      ),
    }),
  ),
});
export type AgentTurn = z.infer<typeof agentTurn>;

/** `config.get`: the live gateway section, for comparing it with what we wrote. */
export const configSnapshot = z.object({
  valid: z.boolean(),
  config: z.object({
    gateway: z.optional(z.record(z.string(), z.unknown())),
    plugins: z.optional(z.record(z.string(), z.unknown())),
  }),
});
export type ConfigSnapshot = z.infer<typeof configSnapshot>;

/** `logs.tail`: lines of the log file as they stand there, JSON each; masked before they go on. */
export const logsTail = z.object({
  cursor: z.number().check(z.minimum(0)),
  lines: z.array(z.string()).check(z.maxLength(5_000)),
  skippedBytes: z.catch(z.optional(z.number()), undefined),
});

/** `system.info`: of its own process, and of the file system that its state lies on. */
const bytes = z.int().check(z.minimum(0));
export const systemInfo = z.object({
  processMemory: z.object({ rssBytes: bytes }),
  diskTotalBytes: z.catch(bytes, 0),
  diskAvailableBytes: z.catch(bytes, 0),
});
