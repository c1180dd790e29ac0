/**
 * `/_ctl`: what a test or a developer turns and reads. Plain port only, never through the proxy.
 * Guarantees: a web page cannot reach it (any `Origin` or cross-site fetch is refused).
 */
import type { Answer } from './http.ts';
import { json, parseJson } from './http.ts';
import { defaultKnobs, turnKnobs } from './knobs.ts';
import type { Exchange } from './world.ts';

export function readState({ world }: Exchange): Answer {
  return json(200, {
    requests: Object.fromEntries(world.requests),
    refusedHosts: Object.fromEntries(world.refusedHosts),
    turns: world.turns,
    sessions: [...world.store.sessions.values()].map(({ id, accountKey, revoked }) => ({
      id,
      accountKey,
      revoked,
    })),
    pending: { codes: world.store.grants.size, devices: world.store.devices.size },
    knobs: world.knobs,
  });
}

export function changeKnobs({ world, body }: Exchange): Answer {
  const turned = turnKnobs(world.knobs, parseJson(body));
  if (!turned.ok) return json(400, { error: turned.reason });
  world.knobs = turned.knobs;
  return json(200, world.knobs);
}

export function resetKnobs({ world }: Exchange): Answer {
  world.knobs = defaultKnobs();
  return json(200, world.knobs);
}

/** Codes, verifiers and tokens handed out by this process: what a leak scan looks for. */
export function listIssued({ world }: Exchange): Answer {
  return json(200, { issued: world.store.issued });
}

/** `access` ends all access tokens issued so far, `all` ends the sign-ins themselves. */
export function revoke({ world, body }: Exchange): Answer {
  const change = parseJson(body);
  const what = typeof change === 'object' && change !== null && 'what' in change && change.what;
  if (what !== 'access' && what !== 'all') {
    return json(400, { error: 'Send {"what":"access"} or {"what":"all"}.' });
  }
  for (const session of world.store.sessions.values()) {
    if (what === 'all') session.revoked = true;
    else session.accessValidFromSeconds = Math.floor(world.now() / 1000) + 1;
  }
  world.store.save();
  return json(200, { sessions: world.store.sessions.size });
}
