/** PayApp: whether the keys have the shape of keys, and whether its API can be reached. */
import { reach } from '#ops/deploy/api.ts';
import type { Check, Finding } from '../finding.ts';
import { failure, judge, ok } from '../finding.ts';

const shortestKey = 16;

/** What people paste wrongly; undefined when nothing is wrong. */
export const keyTrouble = (key: string): string | undefined => {
  if (/%[0-9A-Fa-f]{2}/.test(key)) return 'is URL-encoded: paste it as the seller site shows it';
  if (/\s/.test(key)) return 'has a space in it: a + was lost on the way';
  if (/["'<>]/.test(key)) return 'has quotes or brackets around it';
  return key.length < shortestKey ? `is shorter than ${String(shortestKey)} characters` : undefined;
};

const fix = 'PayApp → 설정 → 연동정보: copy 연동 KEY and 연동 VALUE again.';

const keys: Check = {
  id: 'payapp.keys',
  look: async ({ env }) => {
    const given: readonly (readonly [string, string])[] = [
      ['PAYAPP_LINKKEY', env.PAYAPP_LINKKEY.reveal()],
      ['PAYAPP_LINKVAL', env.PAYAPP_LINKVAL.reveal()],
    ];
    const wrong = given.flatMap(([name, value]): readonly Finding[] => {
      const trouble = keyTrouble(value);
      return trouble === undefined ? [] : [failure('payapp.keys', `${name} ${trouble}`, fix)];
    });
    if (given[0]?.[1] === given[1]?.[1]) {
      wrong.push(failure('payapp.keys', 'PAYAPP_LINKKEY and PAYAPP_LINKVAL are the same', fix));
    }
    return wrong.length > 0 ? wrong : [ok('payapp.keys', 'both keys look like keys')];
  },
};

const api: Check = {
  id: 'payapp.api',
  look: async ({ env }) => {
    const url = env.PAYAPP_API_URL;
    const status = await reach(url).then(
      (answer) => answer.status,
      () => 0,
    );
    const says = status === 0 ? 'does not answer' : `answers ${String(status)}`;
    return [
      judge(
        status > 0 && status < 500,
        ok('payapp.api', `${url} ${says}`),
        failure('payapp.api', `${url} ${says}`, 'Check PAYAPP_API_URL; without it nobody can pay.'),
      ),
    ];
  },
};

/** Nothing of PayApp's says whether the contract is there: a person knows. */
const recurring: Check = {
  id: 'payapp.recurring',
  look: ({ env }) =>
    Promise.resolve([
      ok(
        'payapp.recurring',
        env.PAYAPP_RECURRING === 'on'
          ? 'automatic renewal is offered: it needs PayApp’s contract for recurring payments'
          : 'automatic renewal is not offered',
      ),
    ]),
};

export const payappChecks: readonly Check[] = [keys, api, recurring];
