/** Made-up states of what stands before the sign-in, and every failure there is. */
import { errorCodes, errorInfo } from '#schemas/contract/errors.ts';
import { siteErrorCodes, siteFailure } from '../api/failure.ts';
import type { ConfigProblem } from '../api/config.ts';
import type { Failure } from '../api/failure.ts';
import type { Session } from '../flow/words.ts';

export type AccountScene =
  | {
      readonly kind: 'page';
      readonly session: Exclude<Session, 'signed_in'>;
      readonly unreachable?: boolean;
    }
  | { readonly kind: 'form'; readonly form: 'login' | 'signup'; readonly failure: Failure | null }
  /** A page that needs an account. */
  | { readonly kind: 'here' }
  | { readonly kind: 'config'; readonly problem: ConfigProblem }
  | { readonly kind: 'failures'; readonly failures: readonly Failure[] };

const refused = (code: (typeof errorCodes)[number], field?: string): Failure => ({
  code,
  retryable: errorInfo[code].retryable,
  correlationId: '01JDGALLERY',
  ...(field === undefined ? {} : { field }),
});

const fromHere = (code: (typeof siteErrorCodes)[number]): Failure =>
  siteFailure(code, code === 'unknown' ? { rawCode: 'brand_new', correlationId: '01JD' } : {})
    .error;

export const accountScenes: Readonly<Record<string, AccountScene>> = {
  checking: { kind: 'page', session: 'checking' },
  unreachable: { kind: 'page', session: 'checking', unreachable: true },
  'signed-out': { kind: 'page', session: 'signed_out' },
  signup: { kind: 'form', form: 'signup', failure: null },
  'signup-used': { kind: 'form', form: 'signup', failure: refused('invite_used') },
  'signup-taken': { kind: 'form', form: 'signup', failure: refused('email_taken') },
  'signup-late': { kind: 'form', form: 'signup', failure: fromHere('answer_late') },
  'login-wrong': { kind: 'form', form: 'login', failure: fromHere('credentials_wrong') },
  'login-ended': { kind: 'form', form: 'login', failure: fromHere('session_lost') },
  'sign-in-here': { kind: 'here' },
  'config-missing': { kind: 'config', problem: 'missing' },
  'config-invalid': { kind: 'config', problem: 'invalid' },
  failures: {
    kind: 'failures',
    failures: [...errorCodes.map((code) => refused(code)), ...siteErrorCodes.map(fromHere)],
  },
};
