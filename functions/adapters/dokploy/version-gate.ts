/**
 * Nothing is asked of a Dokploy that is too old: the outcome is `version_too_old` and no call was
 * made. The version is asked once per warm process and believed for `believedMs`, since Dokploy may
 * be updated (or rolled back) under us; a bad answer is believed for a shorter time.
 */
import type { DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import type { DokployCall } from './client.ts';

/**
 * Queue list v0.28.3, deployment.readLogs v0.29.6, queue in memory (a restart leaves `cancelled`
 * rows) v0.29.9, env encrypted at rest v0.29.12. compose.create takes `sourceType` from v0.30.0
 * only, so the update after it carries it again.
 */
export const oldestDokploy = [0, 29, 12] as const;

const believedMs = 10 * 60_000;
const badBelievedMs = 30_000;

/** `v0.30.2` and the like; null for anything else. */
export const parseVersion = (text: string): readonly [number, number, number] | null => {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+.]|$)/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
};

export const isNewEnough = (text: string): boolean => {
  const version = parseVersion(text);
  if (version === null) return false;
  const differing = version.findIndex((part, index) => part !== oldestDokploy[index]);
  return differing < 0 || (version[differing] ?? 0) > (oldestDokploy[differing] ?? 0);
};

type Verdict = Exclude<DeployerOutcome<null>, { kind: 'not_found' }>;

export const withVersionGate = (
  call: DokployCall,
  log: Log,
  now: () => number = Date.now,
): DokployCall => {
  let known: { readonly verdict: Promise<Verdict>; untilMs: number } | null = null;
  const ask = async (): Promise<Verdict> => {
    const seen = await call('settings.getDokployVersion', {});
    if (seen.kind === 'not_found') return { kind: 'refused', code: 'version_too_old' };
    if (seen.kind !== 'ok') return seen;
    if (parseVersion(seen.value) === null) return { kind: 'refused', code: 'failed' };
    if (isNewEnough(seen.value)) return { kind: 'ok', value: null };
    log.error('dokploy.version_too_old', { version: seen.value.slice(0, 32) });
    return { kind: 'refused', code: 'version_too_old' };
  };
  const askOnce = (): Promise<Verdict> => {
    if (known !== null && now() < known.untilMs) return known.verdict;
    const current = { verdict: ask(), untilMs: now() + believedMs };
    known = current;
    void current.verdict.then((verdict) => {
      if (verdict.kind === 'ok') return;
      // Not answered or refused says nothing about the version: ask again with the next call.
      const isTooOld = verdict.kind === 'refused' && verdict.code === 'version_too_old';
      current.untilMs = isTooOld ? now() + badBelievedMs : 0;
    });
    return current.verdict;
  };
  return async (operation, input) => {
    const verdict = await askOnce();
    return verdict.kind === 'ok' ? call(operation, input) : verdict;
  };
};
