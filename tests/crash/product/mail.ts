/** What was mailed, as its readers have it, and what is not mailed yet. */
import * as z from 'zod/mini';
import { listAll, patiently } from './stage.ts';
import type { Stage } from './stage.ts';

const mailbox = z.object({ mails: z.array(z.object({ subject: z.string(), text: z.string() })) });
export type ReadMail = z.infer<typeof mailbox>['mails'][number];

export const mailsIn = async ({ product }: Stage): Promise<readonly ReadMail[]> => {
  const url = new URL('/_ctl/mail', product.world.mailUrl);
  return mailbox.parse(await patiently(async () => (await fetch(url)).json())).mails;
};

export const unsent = async (stage: Stage): Promise<readonly string[]> =>
  (await listAll(stage, 'messages')).filter(({ state }) => state !== 'sent').map(({ $id }) => $id);
