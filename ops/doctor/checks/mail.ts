/** Whether Appwrite has somebody who delivers the notices to customers. */
import * as z from 'zod/mini';
import { ApiError } from '#ops/deploy/api.ts';
import type { Check } from '../finding.ts';
import { judge, ok, warning } from '../finding.ts';

const providers = z.object({
  providers: z.array(z.object({ name: z.string(), type: z.string(), enabled: z.boolean() })),
});

const fix =
  'Appwrite → Messaging → Providers: add one for e-mail, with a sender, and switch it on. Until then ' +
  'notices wait for two weeks, and nothing is deleted for want of payment.';

const provider: Check = {
  id: 'mail.provider',
  look: async ({ api }) => {
    try {
      const answer = await api.get('/messaging/providers', [{ method: 'limit', values: [100] }]);
      const mailing = providers
        .parse(answer)
        .providers.filter(({ type, enabled }) => type === 'email' && enabled);
      return [
        judge(
          mailing.length > 0,
          ok('mail.provider', `mail goes out through ${mailing[0]?.name ?? ''}`),
          warning('mail.provider', 'no messaging provider for e-mail is enabled', fix),
        ),
      ];
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      const look =
        'Give the key the scope providers.read, or look at Messaging → Providers by hand.';
      return [warning('mail.provider', `cannot be read (${error.type})`, look)];
    }
  },
};

export const mailChecks: readonly Check[] = [provider];
