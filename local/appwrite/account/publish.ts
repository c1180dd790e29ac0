/**
 * Changes of users and sessions for the bus. Unlike the real server's, the payload never carries
 * the password hash, whoever made the change.
 */
import { eventNames, withAction } from '../kernel/events.ts';
import type { Json, RequestContext } from '../kernel/types.ts';
import { accountJson } from '../users/user-json.ts';
import type { UserRow } from '../users/user-store.ts';

/** Session user who acted, as changes name it. */
export function actorOf(context: RequestContext): string {
  return context.caller.kind === 'user' ? context.caller.userId : '';
}

export interface UserChangeNote {
  readonly action: 'create' | 'update' | 'delete';
  /** `name`, `prefs`, `labels` … of an update. */
  readonly detail?: string;
  readonly rolesChanged?: boolean;
}

export function publishUser(context: RequestContext, user: UserRow, note: UserChangeNote): void {
  const { action, detail } = note;
  const subject = { path: ['users', user.id], action };
  const events = eventNames(detail === undefined ? subject : { ...subject, detail });
  context.services.changes.publish({
    projectId: user.project_id,
    events,
    functionEvents: events,
    channels: withAction(['account', `account.${user.id}`], action),
    roles: [`user:${user.id}`],
    payload: accountJson(user),
    userId: actorOf(context),
    ...(note.rolesChanged === true ? { rolesChangedFor: user.id } : {}),
  });
}

export interface SessionNote {
  readonly userId: string;
  readonly sessionId: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly payload: Json;
}

export function publishSession(context: RequestContext, note: SessionNote): void {
  const path = ['users', note.userId, 'sessions', note.sessionId];
  const events = eventNames({ path, action: note.action });
  context.services.changes.publish({
    projectId: context.project.id,
    events,
    functionEvents: events,
    channels: withAction(['account', `account.${note.userId}`], note.action),
    roles: [`user:${note.userId}`],
    payload: note.payload,
    userId: actorOf(context),
  });
}
