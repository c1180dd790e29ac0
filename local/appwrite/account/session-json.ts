/**
 * A session as answered. Clients never see its secret in the body, keys do. What a real server
 * reads from a geo database stays empty here.
 */
import { formatTime } from '../kernel/time.ts';
import type { Json } from '../kernel/types.ts';
import { deviceJson } from './device.ts';
import type { SessionRow } from './session-store.ts';

export interface SessionView {
  readonly current: boolean;
  /** '' where it may not be shown. */
  readonly secret: string;
}

export function sessionJson(session: SessionRow, view: SessionView): Json {
  return {
    $id: session.id,
    $createdAt: session.created_at,
    $updatedAt: session.updated_at,
    userId: session.user_id,
    expire: formatTime(session.expires_ms),
    provider: session.provider,
    providerUid: session.provider_uid,
    providerAccessToken: '',
    providerAccessTokenExpiry: '',
    providerRefreshToken: '',
    ip: session.ip,
    ...deviceJson(session.user_agent ?? ''),
    current: view.current,
    factors: [session.factor],
    secret: view.secret,
    mfaUpdatedAt: '',
  };
}
