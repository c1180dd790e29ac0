/** The page about one's own account: what was read of it, and what was asked of it. */
import type { surveyDeletion } from '#schemas/contract/account.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type { AccountSession } from '../api/account.ts';
import type { FailureCode } from '../api/failure.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export type DeletionSurvey = ValueOf<typeof surveyDeletion>;

/** After these nobody can say whether the deletion was begun. */
const uncertain: readonly FailureCode[] = [
  'network_unreachable',
  'answer_late',
  'answer_invalid',
  'store_unavailable',
  'internal',
];

export class Profile {
  sessions = $state.raw<readonly AccountSession[] | null>(null);
  survey = $state.raw<DeletionSurvey | null>(null);
  /** The session that is being ended, or `others`. */
  ending = $state('');
  said = $state<'' | 'ended' | 'othersEnded'>('');
  changed = $state(false);
  deleted = $state(false);
  readonly listing = new Action();
  readonly end = new Action();
  readonly password = new Action();
  readonly surveying = new Action();
  readonly deletion = new Action();
  readonly isUncertain = $derived(
    this.deletion.failure !== null && uncertain.includes(this.deletion.failure.code),
  );
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async loadSessions(): Promise<void> {
    const read = await this.listing.run(() => this.#app.with((gateway) => gateway.sessions()));
    if (read !== null) this.sessions = read.value;
  }

  async endSession(id: string): Promise<void> {
    await this.#endEach(id, [id], 'ended');
  }

  async endOthers(): Promise<void> {
    const others = (this.sessions ?? []).filter(({ current }) => !current).map(({ id }) => id);
    await this.#endEach('others', others, 'othersEnded');
  }

  async #endEach(name: string, ids: readonly string[], said: 'ended' | 'othersEnded') {
    if (this.end.busy) return;
    this.ending = name;
    this.said = '';
    const done = await this.end.run(() =>
      this.#app.with(async (gateway) => {
        for (const id of ids) {
          const ended = await gateway.endSession(id);
          if (!ended.ok) return ended;
        }
        return { ok: true, value: null };
      }),
    );
    await this.loadSessions();
    this.ending = '';
    if (done !== null) this.said = said;
  }

  async changePassword(old: string, password: string): Promise<boolean> {
    this.changed = false;
    const done = await this.password.run(() =>
      this.#app.with((gateway) => gateway.changePassword(old, password)),
    );
    if (done === null) return false;
    this.changed = true;
    await this.loadSessions();
    return true;
  }

  async look(): Promise<void> {
    const { surveyDeletion } = await import('#schemas/contract/account.ts');
    const seen = await this.surveying.run(() =>
      this.#app.with((gateway) => gateway.call(surveyDeletion, {})),
    );
    if (seen !== null) this.survey = seen.value;
  }

  async deleteAccount(email: string, password: string): Promise<void> {
    const { deleteAccount } = await import('#schemas/contract/account.ts');
    const body = { email: email.trim(), password };
    const done = await this.deletion.run(() =>
      this.#app.with((gateway) => gateway.call(deleteAccount, body)),
    );
    if (done === null) {
      // What stands in the way may be new: it is shown by name.
      const { failure } = this.deletion;
      if (failure?.code.startsWith('account_') === true) await this.look();
      return;
    }
    this.deleted = true;
    this.#app.signedOut();
  }
}
