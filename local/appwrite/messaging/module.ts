/** Messaging: providers, e-mails, the worker that sends them, and the mailbox they end in. */
import type { House } from '../account/house.ts';
import type { Module } from '../kernel/types.ts';
import { emailRoutes } from './emails.ts';
import { FaultBox } from './faults.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { MESSAGING_SCHEMA, MessageStore } from './message-store.ts';
import { providerRoutes } from './providers.ts';
import { createWorker } from './worker.ts';

export interface Messaging extends Module {
  /** `/_mail` and `/_ctl`. */
  readonly mailbox: Mailbox;
}

export function createMessaging(house: House, report: (error: unknown) => void): Messaging {
  const { store, clock } = house.services;
  const messages = new MessageStore(store, clock);
  const faults = new FaultBox();
  const worker = createWorker({ house, messages, faults, report });
  return {
    schema: MESSAGING_SCHEMA,
    routes: [...providerRoutes(messages), ...emailRoutes({ house, messages, worker })],
    mailbox: createMailbox({ house, messages, faults }),
    lifecycle: worker,
    forgetProject(projectId) {
      messages.forgetProject(projectId);
    },
  };
}
