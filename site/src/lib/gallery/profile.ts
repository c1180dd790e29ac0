/** Made-up states of the page about one's own account. */
import type { AccountSession } from '../api/account.ts';
import { errorInfo } from '#schemas/contract/errors.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import { siteFailure } from '../api/failure.ts';
import type { Failure } from '../api/failure.ts';
import type { DeletionSurvey, Profile } from '../state/profile.svelte.ts';

export interface ProfileScene {
  readonly asks?: boolean;
  readonly set: (profile: Profile) => void;
}

const session = (id: string, changes: Partial<AccountSession> = {}): AccountSession => ({
  id,
  current: false,
  browser: 'Chrome Mobile',
  system: 'Android 15',
  place: 'South Korea',
  ip: '203.0.113.7',
  openedAt: '2026-11-20T09:12:00.000+00:00',
  activeAt: '2026-11-23T02:40:00.000+00:00',
  ...changes,
});

const here = session('here', { current: true, browser: 'Chrome', system: 'Windows 10' });
const odd = { browser: '', system: '', place: '', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348' };
const several = [here, session('phone'), session('odd', odd)];

const nothing: DeletionSurvey = { obstacles: [], removed: [], left: [] };
const refused = (code: ErrorCode, field?: string): Failure => ({
  code,
  retryable: errorInfo[code].retryable,
  correlationId: '01JDGALLERY',
  ...(field === undefined ? {} : { field }),
});
const workspace = { workspaceId: 'acme', workspaceName: 'Acme 연구실' };
const obstacles: DeletionSurvey['obstacles'] = [
  { kind: 'order', ...workspace, subjectId: 'order-1', name: '둘째 런타임' },
  { kind: 'runtime', ...workspace, subjectId: 'runtime-1', name: '첫 런타임' },
  { kind: 'members', ...workspace, subjectId: 'acme', name: 'Acme 연구실' },
];
const clear: DeletionSurvey = {
  ...nothing,
  removed: [{ workspaceId: 'acme', name: 'Acme 연구실' }],
  left: [{ workspaceId: 'shared', name: 'Shared studio' }],
};

const signedIn =
  (set: (profile: Profile) => void = () => undefined): ProfileScene['set'] =>
  (profile) => {
    profile.sessions = several;
    set(profile);
  };
const asking = (failure: Failure | null, busy = false): ProfileScene => ({
  asks: true,
  set: signedIn((profile) => {
    profile.survey = clear;
    profile.deletion.failure = failure;
    profile.deletion.busy = busy;
  }),
});
const passwordRefused = (failure: Failure): ProfileScene => ({
  set: signedIn((profile) => {
    profile.password.failure = failure;
  }),
});

export const profileScenes: Readonly<Record<string, ProfileScene>> = {
  loading: { set: () => undefined },
  'sessions-failed': {
    set: (profile) => {
      profile.listing.failure = siteFailure('network_unreachable').error;
    },
  },
  'one-session': {
    set: (profile) => {
      profile.sessions = [here];
    },
  },
  sessions: { set: signedIn() },
  ending: {
    set: signedIn((profile) => {
      profile.end.busy = true;
      profile.ending = 'phone';
    }),
  },
  ended: {
    set: (profile) => {
      profile.sessions = [here];
      profile.said = 'othersEnded';
    },
  },
  'password-wrong': passwordRefused(refused('password_wrong', 'old')),
  'password-short': passwordRefused(siteFailure('password_short', { field: 'password' }).error),
  'password-weak': passwordRefused(refused('password_weak', 'password')),
  'password-recent': passwordRefused(
    siteFailure('password_recently_used', { field: 'password' }).error,
  ),
  'password-limited': passwordRefused(refused('too_many_requests')),
  'password-changed': {
    set: (profile) => {
      profile.sessions = [here];
      profile.changed = true;
    },
  },
  'deletion-obstacles': {
    set: signedIn((profile) => {
      profile.survey = { ...nothing, obstacles };
    }),
  },
  'deletion-clear': {
    set: signedIn((profile) => {
      profile.survey = clear;
    }),
  },
  'deletion-asked': asking(null),
  'deletion-busy': asking(null, true),
  'deletion-password': asking(refused('password_wrong', 'password')),
  'deletion-refused': asking(refused('account_order_open')),
  'deletion-uncertain': asking(siteFailure('answer_late').error),
  deleted: {
    set: (profile) => {
      profile.deleted = true;
    },
  },
};
