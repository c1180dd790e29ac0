/** An invitation whose link was opened: its secret lives here, in memory, until it is dealt with. */
import { inspectInvitation } from '#schemas/contract/signup.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import { acceptInvitation } from '#schemas/contract/workspaces.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export type InvitationView = ValueOf<typeof inspectInvitation>;

export class Joining {
  readonly token: string;
  readonly looking = new Action();
  readonly accepting = new Action();
  view = $state.raw<InvitationView | null>(null);
  /** Signing up with it was the wish to join: nothing more is asked. */
  accepted = $state(false);

  constructor(token: string) {
    this.token = token;
  }

  async look(app: App): Promise<void> {
    const body = { token: this.token };
    const done = await this.looking.run(() =>
      app.with((gateway) => gateway.call(inspectInvitation, body)),
    );
    if (done !== null) this.view = done.value;
  }

  /** Id of the workspace, or null when it was refused. */
  async accept(app: App): Promise<string | null> {
    const body = { token: this.token };
    const done = await this.accepting.run(() =>
      app.with((gateway) => gateway.call(acceptInvitation, body)),
    );
    return done?.value.workspaceId ?? null;
  }
}
