/** Who wants the pay link of a runtime's renewal by text message. */
import { idText, key, table, text, time } from './define.ts';

/**
 * Row id = the runtime's: one number each. The only telephone number that is kept, because its owner
 * asked for it; read by functions only, and gone when they end it, leave, or the runtime is deleted.
 */
export const renewalTexts = table(
  'renewal_texts',
  {
    workspaceId: idText(),
    userId: idText(),
    /** Digits only. */
    phone: text(11),
    agreedAt: time(),
  },
  { byWorkspace: key('workspaceId'), byUser: key('userId') },
);
