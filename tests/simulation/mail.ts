/** Whoever delivers mail: slow, now and then silent, and sometimes it does not arrive. */
import type { DeliveryState, Messages } from '#ports/messages.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { triesAtMost } from '#core/messages/round.ts';
import { deliveries as deliveriesSchema } from '#schemas/record/message.ts';
import type { Stored } from '#ports/store.ts';
import type { Execution } from './execution.ts';
import { derivedId } from './ports.ts';
import type { World } from './world.ts';

interface Handed {
  readonly userId: string;
  readonly atMs: number;
  readonly endsAtMs: number;
  readonly arrives: boolean;
}

export class Mail {
  readonly world: World;
  readonly handed = new Map<string, Handed>();
  /** What arrived stays arrived, also when its record is deleted. */
  readonly arrived = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  hand(messageId: string, userId: string): 'handed_on' | 'known' {
    if (this.handed.has(messageId)) return 'known';
    const { random, weather, nowMs } = this.world;
    const arrives = !random.chance(weather.mailFails);
    const endsAtMs = nowMs + random.int(50, 5_000);
    this.handed.set(messageId, { userId, atMs: nowMs, endsAtMs, arrives });
    if (arrives) this.arrived.set(messageId, (this.arrived.get(messageId) ?? 0) + 1);
    return 'handed_on';
  }

  look(messageId: string): DeliveryState {
    const mail = this.handed.get(messageId);
    if (mail === undefined) return { kind: 'absent' };
    if (this.world.nowMs < mail.endsAtMs) return { kind: 'processing', sinceMs: mail.atMs };
    return mail.arrives ? { kind: 'sent' } : { kind: 'failed', code: 'rejected' };
  }

  /** Each person has each notice once, and none was forgotten. */
  check(message: Stored<'messages'>): void {
    const { id, kind, state, failureCode, nextAttemptAt } = message;
    const known = deliveriesSchema.parse(JSON.parse(message.deliveries));
    for (const { userId, state: end } of known) {
      const copies = this.#copies(id, userId);
      if (copies > 1) this.world.violate(13, `${kind} ${id} reached ${userId} ${copies} times`);
      if (end === 'sent' && copies === 0)
        this.world.violate(13, `${kind} ${id} never reached ${userId}`);
    }
    const isWaiting = state === 'pending' && failureCode !== null && nextAttemptAt !== null;
    if (state === 'sent' || state === 'dropped' || isWaiting) return;
    if (state === 'failed' && this.#isTask(message)) return;
    this.world.violate(13, `${kind} ${id} is ${state} and nobody was told`);
  }

  #copies(id: string, userId: string): number {
    let copies = 0;
    for (let attempt = 1; attempt <= triesAtMost; attempt += 1) {
      copies += this.arrived.get(derivedId('delivery', id, userId, String(attempt))) ?? 0;
    }
    return copies;
  }

  #isTask({ subjectId }: Stored<'messages'>): boolean {
    return this.world.rows
      .all('tasks')
      .some((task) => task.kind === 'message_undelivered' && task.subjectId === subjectId);
  }
}

export const simMessages = (execution: Execution, mail: Mail): Messages => {
  const { random, weather } = execution.world;
  const latencyMs = (): number => random.int(10, 300);
  const silently = <T>(effect: () => T): Promise<T> => {
    if (!random.chance(weather.mailSilent)) return execution.call(latencyMs(), effect);
    const happens = random.chance(0.5);
    return execution.call(latencyMs(), () => {
      if (happens) effect();
      throw new StoreUnavailable('simulated');
    });
  };
  return {
    send: ({ messageId, userId }) => silently(() => mail.hand(messageId, userId)),
    look: (messageId) => silently(() => mail.look(messageId)),
    forget: (messageId) => silently(() => void mail.handed.delete(messageId)),
  };
};
