/**
 * The one pending request that may be approved. Guarantees: pure; chosen by request id and device
 * id as seen on the session's own socket, and checked against everything else that is known of it;
 * never by its place, age, address or platform.
 */
import type { PendingDevice } from '#schemas/wire/openclaw-pairing.ts';
import { ownerAddress, ownerScopes } from '../openclaw/identity.ts';
import { controlUiClient, operatorRole } from './frames.ts';

export interface SeenRequest {
  readonly pairingId: string;
  readonly deviceId: string;
}

export type Match = 'match' | 'absent' | 'differs';

export function matchPending(pending: readonly PendingDevice[], seen: SeenRequest): Match {
  const named = pending.filter((one) => one.requestId === seen.pairingId);
  const [found] = named;
  if (found === undefined) return 'absent';
  return named.length === 1 && isAsExpected(found, seen) ? 'match' : 'differs';
}

function isAsExpected(found: PendingDevice, seen: SeenRequest): boolean {
  const allowed: readonly string[] = ownerScopes;
  const roles = found.roles ?? (found.role === undefined ? [] : [found.role]);
  return (
    found.deviceId === seen.deviceId &&
    found.clientId === controlUiClient &&
    roles.length === 1 &&
    roles[0] === operatorRole &&
    (found.role ?? operatorRole) === operatorRole &&
    (found.scopes ?? []).every((scope) => allowed.includes(scope)) &&
    found.remoteIp === ownerAddress &&
    found.isRepair !== true
  );
}
