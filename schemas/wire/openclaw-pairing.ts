/**
 * What the gateway (2026.9.6) and a browser's Control UI say to each other while a device is let in,
 * as far as the agent reads along. Guarantees: nothing of a device's key, signature or token is read.
 */
import * as z from 'zod/mini';

const short = z.string().check(z.maxLength(256));
const shortList = z.array(short).check(z.maxLength(64));
const named = z.catch(z.optional(short), undefined);

/** The first frame of every client. The device is absent where the client has no key. */
export const connectFrame = z.object({
  type: z.literal('req'),
  id: short,
  method: z.literal('connect'),
  params: z.object({
    role: short,
    client: z.object({ id: short }),
    device: z.optional(z.object({ id: short })),
  }),
});
export type ConnectFrame = z.infer<typeof connectFrame>;

/** The answer to it. `NOT_PAIRED` names the request that waits for somebody's yes. */
export const connectReply = z.object({
  type: z.literal('res'),
  id: short,
  ok: z.boolean(),
  error: z.catch(
    z.optional(
      z.object({
        code: short,
        details: z.optional(z.object({ requestId: named, deviceId: named })),
      }),
    ),
    undefined,
  ),
});

export const pendingDevice = z.object({
  requestId: short,
  deviceId: short,
  clientId: named,
  role: named,
  roles: z.catch(z.optional(shortList), undefined),
  scopes: z.catch(z.optional(shortList), undefined),
  /** The forwarded address of the socket that asked. */
  remoteIp: named,
  isRepair: z.catch(z.optional(z.boolean()), undefined),
});
export type PendingDevice = z.infer<typeof pendingDevice>;

export const pairedDevice = z.object({ deviceId: short, clientId: named });

/** `device.pair.list` */
export const pairingList = z.object({
  pending: z.array(pendingDevice).check(z.maxLength(1000)),
  paired: z.array(pairedDevice).check(z.maxLength(1000)),
});

/** `device.pair.approve`, `reject` and `remove`: that it was done is all that matters. */
export const pairingDone = z.unknown();
