/**
 * What is to become of mails, set by tests through `/_ctl/faults`. In memory: gone after a restart.
 */
import * as z from 'zod';

const DELAY_LIMIT_MS = 600_000;

export const mailFaults = z.strictObject({
  /**
   * deliver: it arrives. bounce: the mail server refuses the address. down: the mail server cannot
   * be reached. stuck: the worker dies over it and the message stays `processing` for ever.
   */
  mail: z.enum(['deliver', 'bounce', 'down', 'stuck']).default('deliver'),
  /** Only mail to this address; empty = all mail. */
  to: z.string().max(254).default(''),
  /** How long the worker takes. */
  delayMs: z.int().min(0).max(DELAY_LIMIT_MS).default(20),
});
export type MailFaults = z.infer<typeof mailFaults>;

export class FaultBox {
  #faults: MailFaults = mailFaults.parse({});

  get now(): MailFaults {
    return this.#faults;
  }

  /** Why it was refused, or undefined. */
  change(wish: unknown): string | undefined {
    const parsed = mailFaults.safeParse(wish);
    if (!parsed.success) return z.prettifyError(parsed.error);
    this.#faults = parsed.data;
    return undefined;
  }

  /** What becomes of a mail to this address. */
  fateOf(address: string): MailFaults['mail'] {
    const { mail, to } = this.#faults;
    return to === '' || to.toLowerCase() === address ? mail : 'deliver';
  }
}
