/**
 * Mail through Appwrite Messaging. One message a person, under our own id: Appwrite keeps it, so a
 * repeated call is told that it is there (409), whatever became of our first one. Only its worker
 * knows how it ended; its words quote the address, so none of them leaves this file.
 * Wording of the two errors that mean something: Appwrite 1.9, `Workers/Messaging.php`.
 */
import * as z from 'zod/mini';
import type { DeliveryFailure, Messages } from '#ports/messages.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Transport } from './transport.ts';
import { at, unexpected } from './transport.ts';

const message = z.object({
  $createdAt: z.string(),
  status: z.enum(['draft', 'processing', 'scheduled', 'sent', 'failed']),
  deliveredTotal: z._default(z.nullable(z.number()), 0),
  deliveryErrors: z._default(z.nullable(z.array(z.string())), []),
});

/**
 * Providers answer in words of their own. These say that there is no such mailbox; anything else
 * may be over tomorrow, and is tried for longer.
 */
const noMailbox =
  /\b5\.1\.\d\b|\b55[0134]\b|recipients? failed|(user|recipient|mailbox).{0,20}(unknown|invalid|not found|unavailable)|(unknown|invalid|no such) (user|recipient|mailbox|address)|does not exist/i;

const failureIn = (errors: readonly string[]): DeliveryFailure => {
  const [first = ''] = errors;
  if (first.startsWith('No enabled provider')) return 'no_provider';
  if (first.startsWith('No valid recipients')) return 'no_address';
  return noMailbox.test(first) ? 'rejected' : 'undelivered';
};

const pathOf = (messageId: string): string => at('messaging', 'messages', messageId);

export const appwriteMessages = (transport: Transport): Messages => ({
  send: async ({ messageId, userId, subject, html: content }) => {
    const body = { messageId, subject, content, users: [userId], html: true };
    const answer = await transport({ method: 'POST', path: '/messaging/messages/email', body });
    if (answer.ok) return 'handed_on';
    return answer.type === 'message_already_exists' ? 'known' : 'refused';
  },
  look: async (messageId) => {
    const answer = await transport({ method: 'GET', path: pathOf(messageId) });
    if (!answer.ok) {
      if (answer.type === 'message_not_found') return { kind: 'absent' };
      throw unexpected('get message', answer);
    }
    const parsed = message.safeParse(answer.body);
    if (!parsed.success) throw new StoreUnavailable('message: unexpected shape');
    const { status, deliveredTotal, deliveryErrors, $createdAt } = parsed.data;
    if (status === 'sent') return { kind: 'sent' };
    if (status !== 'failed') return { kind: 'processing', sinceMs: Date.parse($createdAt) };
    // Somebody with two addresses has it if one of them took it.
    if ((deliveredTotal ?? 0) > 0) return { kind: 'sent' };
    return { kind: 'failed', code: failureIn(deliveryErrors ?? []) };
  },
  forget: async (messageId) => {
    const answer = await transport({ method: 'DELETE', path: pathOf(messageId) });
    if (!answer.ok && answer.type !== 'message_not_found') {
      throw unexpected('delete message', answer);
    }
  },
});
