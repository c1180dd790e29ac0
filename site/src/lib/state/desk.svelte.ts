/** What an owner does with the people of a workspace, and what everybody may do: leave. */
import {
  changeRole,
  inviteMember,
  leaveWorkspace,
  removeMember,
  revokeInvitation,
} from '#schemas/contract/workspaces.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class Desk {
  readonly inviting = new Action();
  readonly revoking = new Action();
  readonly changing = new Action();
  readonly removing = new Action();
  readonly leaving = new Action();
  /** The newest link's secret, in memory until the next one. */
  link = $state.raw<{ readonly email: string; readonly token: string } | null>(null);
  readonly #app: App;
  readonly #workspaceId: string;

  constructor(app: App, workspaceId: string) {
    this.#app = app;
    this.#workspaceId = workspaceId;
  }

  async invite(email: string, role: WorkspaceRole): Promise<boolean> {
    const body = { workspaceId: this.#workspaceId, email, role };
    const done = await this.inviting.run(() =>
      this.#app.with((gateway) => gateway.call(inviteMember, body)),
    );
    if (done === null) return false;
    this.link = { email, token: done.value.token };
    return true;
  }

  async revoke(invitationId: string): Promise<boolean> {
    const body = { workspaceId: this.#workspaceId, invitationId };
    const done = await this.revoking.run(() =>
      this.#app.with((gateway) => gateway.call(revokeInvitation, body)),
    );
    return done !== null;
  }

  async change(userId: string, role: WorkspaceRole): Promise<boolean> {
    const body = { workspaceId: this.#workspaceId, userId, role };
    const done = await this.changing.run(() =>
      this.#app.with((gateway) => gateway.call(changeRole, body)),
    );
    return done !== null;
  }

  async remove(userId: string): Promise<boolean> {
    const body = { workspaceId: this.#workspaceId, userId };
    const done = await this.removing.run(() =>
      this.#app.with((gateway) => gateway.call(removeMember, body)),
    );
    return done !== null;
  }

  async leave(): Promise<boolean> {
    const body = { workspaceId: this.#workspaceId };
    const done = await this.leaving.run(() =>
      this.#app.with((gateway) => gateway.call(leaveWorkspace, body)),
    );
    return done !== null;
  }
}
