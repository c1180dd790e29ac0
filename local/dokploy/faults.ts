/**
 * The fault plan: what is to go wrong next, set by tests through `/_ctl/faults`.
 * Guarantees: a fault is used up by the calls it names (`count`), and is gone after a restart.
 */
import * as z from 'zod/mini';

const common = {
  /** How many times it strikes. */
  count: z._default(z.number().check(z.int(), z.gte(1), z.lte(1_000)), 1),
  /** Only this operation (`compose.deploy`); for deployments: only this composeId. */
  only: z.optional(z.string()),
};

export const fault = z.discriminatedUnion('kind', [
  /** The next deployment ends as `error`, its reason in the log. */
  z.object({ kind: z.literal('deployment_fails'), ...common }),
  /** The next deployment stays `running` for ever and its job is gone: a dropped SSH session. */
  z.object({ kind: z.literal('deployment_stuck'), ...common }),
  /** The next deployment is answered "queued" and never heard of again. */
  z.object({ kind: z.literal('queue_dropped'), ...common }),
  /** compose.delete answers 200, rows are gone, processes stay. */
  z.object({ kind: z.literal('delete_leaves_processes'), ...common }),
  /** compose.delete answers 200, rows and containers are gone, volumes stay. */
  z.object({ kind: z.literal('delete_leaves_volumes'), ...common }),
  /** SSH to the machine is gone: deploy, stop and start fail, docker lists nothing, delete forgets. */
  z.object({ kind: z.literal('machine_unreachable'), ...common }),
  /** The registry does not answer when an image is needed that is not on the machine. */
  z.object({ kind: z.literal('pull_fails'), ...common }),
  /** Calls itself another version. */
  z.object({
    kind: z.literal('version'),
    version: z.string().check(z.maxLength(32)),
    ...common,
  }),
  /**
   * The API key counts as used up: 401 {"message":"Unauthorized"}, after so many calls that are
   * still answered (a key made without `rateLimitEnabled: false` has five a day).
   */
  z.object({
    kind: z.literal('key_limited'),
    after: z._default(z.number().check(z.int(), z.gte(0), z.lte(1_000)), 0),
    ...common,
  }),
  z.object({
    kind: z.literal('slow'),
    delayMs: z.number().check(z.gte(1), z.lte(120_000)),
    ...common,
  }),
  /** A key whose owner may not do this: 401 with a code, nothing done. */
  z.object({ kind: z.literal('forbidden'), ...common }),
  /** Plain 500 before anything is done. */
  z.object({ kind: z.literal('server_error'), ...common }),
  /** Everything is done, then the connection closes without an answer. */
  z.object({ kind: z.literal('answer_lost'), ...common }),
]);
export type Fault = z.infer<typeof fault>;

const maxFaults = 100;

export class FaultPlan {
  #faults: Fault[] = [];

  add(next: Fault): boolean {
    if (this.#faults.length >= maxFaults) return false;
    this.#faults.push(next);
    return true;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Uses one strike of the first fault of this kind that concerns the subject. */
  take<K extends Fault['kind']>(kind: K, subject: string): Extract<Fault, { kind: K }> | undefined {
    const found = this.#faults.find(
      (each): each is Extract<Fault, { kind: K }> =>
        each.kind === kind && (each.only === undefined || each.only === subject),
    );
    if (found === undefined) return undefined;
    if ('after' in found && found.after > 0) {
      found.after -= 1;
      return undefined;
    }
    found.count -= 1;
    this.#faults = this.#faults.filter((each) => each.count > 0);
    return found;
  }
}
