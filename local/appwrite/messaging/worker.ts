/**
 * Sends what was handed on, a moment later, as Appwrite's messaging worker does: it looks for an
 * enabled provider, for the recipients' addresses, and writes down how it ended. Its words are those
 * of 1.9 (`src/Appwrite/Platform/Workers/Messaging.php`). Nothing leaves this machine: what would
 * have left is put into the mailbox.
 */
import type { House } from '../account/house.ts';
import { jsonColumn, listColumn } from '../kernel/lists.ts';
import type { Lifecycle } from '../kernel/types.ts';
import type { FaultBox } from './faults.ts';
import type { Ending, MessageRow, MessageStore } from './message-store.ts';

export interface Worker extends Lifecycle {
  enqueue(message: Pick<MessageRow, 'project_id' | 'id'>): void;
}

interface Parts {
  readonly house: House;
  readonly messages: MessageStore;
  readonly faults: FaultBox;
  readonly report: (error: unknown) => void;
}

interface Target {
  readonly userId: string;
  readonly address: string;
}

const failed = (error: string): Ending => ({
  status: 'failed',
  errors: [error],
  deliveredTotal: 0,
  tried: false,
});

/** A user's e-mail address is a target from the start, and the only one there is here. */
function targetsOf({ house }: Parts, message: MessageRow): Target[] {
  const targetIds = new Set(listColumn(message.targets));
  const wanted = new Set(listColumn(message.users));
  const found = new Map<string, Target>();
  const add = (user: { readonly id: string; readonly email: string | null } | undefined): void => {
    if (user?.email != null) found.set(user.email, { userId: user.id, address: user.email });
  };
  for (const userId of wanted) add(house.users.find(message.project_id, userId));
  for (const targetId of targetIds) add(house.users.findByTarget(message.project_id, targetId));
  return [...found.values()];
}

function errorFor({ faults }: Parts, { address }: Target): string | undefined {
  switch (faults.fateOf(address)) {
    case 'bounce':
      return (
        `Failed sending to target ${address} with error: SMTP Error: The following recipients ` +
        `failed: ${address}: 5.1.1 User unknown`
      );
    case 'down':
      return `Failed sending to target ${address} with error: SMTP Error: Could not connect to SMTP host.`;
    case 'deliver':
    case 'stuck':
      return undefined;
  }
}

function send(parts: Parts, message: MessageRow): Ending | 'stuck' {
  if (!parts.messages.hasProvider(message.project_id)) return failed('No enabled provider found.');
  const targets = targetsOf(parts, message);
  if (targets.length === 0) return failed('No valid recipients found.');
  if (targets.some(({ address }) => parts.faults.fateOf(address) === 'stuck')) return 'stuck';
  const data = jsonColumn(message.data, {});
  const errors: string[] = [];
  for (const target of targets) {
    const error = errorFor(parts, target);
    if (error !== undefined) {
      errors.push(error);
      continue;
    }
    parts.messages.keep({
      project_id: message.project_id,
      message_id: message.id,
      user_id: target.userId,
      subject: String(data['subject']),
      content: String(data['content']),
      is_html: data['html'] === true ? 1 : 0,
    });
  }
  const deliveredTotal = targets.length - errors.length;
  return { status: errors.length > 0 ? 'failed' : 'sent', errors, deliveredTotal, tried: true };
}

export function createWorker(parts: Parts): Worker {
  const { store, clock } = parts.house.services;
  const waiting = new Set<() => void>();
  const work = (projectId: string, id: string): void => {
    store.transaction(() => {
      const message = parts.messages.findMessage(projectId, id);
      // Deleted meanwhile, or done by a worker before this one.
      if (message?.status !== 'processing') return;
      const ending = send(parts, message);
      if (ending !== 'stuck') parts.messages.end(message, ending);
    });
  };
  const enqueue: Worker['enqueue'] = ({ project_id: projectId, id }) => {
    const cancel = clock.after(parts.faults.now.delayMs, () => {
      waiting.delete(cancel);
      try {
        work(projectId, id);
      } catch (error) {
        parts.report(error);
      }
    });
    waiting.add(cancel);
  };
  return {
    enqueue,
    /** The queue outlives the worker: what it had not finished comes again. */
    start() {
      for (const message of parts.messages.processing()) enqueue(message);
    },
    async stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
      return Promise.resolve();
    },
  };
}
