/** A small faithful deliverer: keeps what it was handed under its id, and ends it when told how. */
import type { DeliveryFailure, DeliveryState, Messages } from '#ports/messages.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';

export interface KeptMail {
  readonly messageId: string;
  readonly userId: string;
  readonly subject: string;
  readonly html: string;
}

export type Fate = 'deliver' | 'stay' | 'silent' | 'refuse' | DeliveryFailure;

export class MemoryMessages implements Messages {
  readonly #clock: Clock;
  readonly #states = new Map<string, DeliveryState>();
  /** What arrived, in order. */
  readonly arrived: KeptMail[] = [];
  /** What becomes of the next mails; per user, or for everybody. */
  fate: Fate = 'deliver';
  readonly fates = new Map<string, Fate>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get kept(): number {
    return this.#states.size;
  }

  async send(mail: KeptMail): Promise<'handed_on' | 'known' | 'refused'> {
    await Promise.resolve();
    if (this.#states.has(mail.messageId)) return 'known';
    const fate = this.fates.get(mail.userId) ?? this.fate;
    if (fate === 'refuse') return 'refused';
    this.#states.set(mail.messageId, this.#endOf(fate));
    if (fate === 'deliver' || fate === 'silent') this.arrived.push(mail);
    if (fate === 'silent') throw new StoreUnavailable('no answer');
    return 'handed_on';
  }

  async look(messageId: string): Promise<DeliveryState> {
    await Promise.resolve();
    return this.#states.get(messageId) ?? { kind: 'absent' };
  }

  async forget(messageId: string): Promise<void> {
    await Promise.resolve();
    this.#states.delete(messageId);
  }

  /** What was on its way arrives now. */
  arrive(): void {
    for (const [id, { kind }] of this.#states) {
      if (kind === 'processing') this.#states.set(id, { kind: 'sent' });
    }
  }

  #endOf(fate: Exclude<Fate, 'refuse'>): DeliveryState {
    if (fate === 'stay') return { kind: 'processing', sinceMs: this.#clock.now().getTime() };
    return fate === 'deliver' || fate === 'silent'
      ? { kind: 'sent' }
      : { kind: 'failed', code: fate };
  }
}
