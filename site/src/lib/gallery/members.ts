/** Made-up people of a workspace, one set for every state of the members page. */
import type { InvitationRow, WorkspaceRow } from '#schemas/contract/rows.ts';
import { errorInfo } from '#schemas/contract/errors.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { People } from '../api/gateway.ts';
import type { Desk } from '../state/desk.svelte.ts';
import type { Joining } from '../state/joining.svelte.ts';
import { memberFixture, workspaceFixture } from './fixtures.ts';

const dayMs = 86_400_000;
const acme = workspaceFixture('acme', 'Acme 연구실');

export interface MembersScene {
  readonly workspaces: readonly WorkspaceRow[];
  readonly workspace: WorkspaceRow | null;
  readonly role: WorkspaceRole | null;
  readonly people: People | null;
  readonly loaded: boolean;
  readonly failed: boolean;
  readonly unknown: boolean;
  readonly begin?: (desk: Desk) => void;
}

const invitation = (email: string, role: WorkspaceRole, days: number): InvitationRow => ({
  $id: `invitation-${email}`,
  $createdAt: new Date(Date.now() - dayMs).toISOString(),
  $updatedAt: new Date(Date.now() - dayMs).toISOString(),
  workspaceId: 'acme',
  email,
  role,
  expiresAt: new Date(Date.now() + days * dayMs).toISOString(),
  revokedAt: null,
  usedAt: null,
});

const peopleAs = (role: WorkspaceRole): People => ({
  members: [
    memberFixture({ role }),
    memberFixture({
      userId: 'user-2',
      role: role === 'owner' ? 'member' : 'owner',
      name: 'Jun Park',
      email: 'jun@example.com',
    }),
    memberFixture({
      userId: 'user-3',
      role: 'billing',
      name: '',
      email: 'accounting.department.of.a.long.name@subsidiary.example.com',
    }),
  ],
  invitations:
    role === 'owner'
      ? [invitation('new@example.com', 'member', 6), invitation('books@example.com', 'billing', 2)]
      : [],
});

const scene = (extra: Partial<MembersScene> = {}): MembersScene => ({
  workspaces: [acme],
  workspace: acme,
  role: 'owner',
  people: peopleAs('owner'),
  loaded: true,
  failed: false,
  unknown: false,
  ...extra,
});

const refused = (code: ErrorCode, field?: string) => ({
  code,
  retryable: errorInfo[code].retryable,
  correlationId: '01JDGALLERY',
  ...(field === undefined ? {} : { field }),
});
const alone: People = { members: [memberFixture()], invitations: [] };

export const membersScenes: Readonly<Record<string, MembersScene>> = {
  owner: scene(),
  member: scene({ role: 'member', people: peopleAs('member') }),
  billing: scene({ role: 'billing', people: peopleAs('billing') }),
  'two-owners': scene({
    people: {
      ...peopleAs('owner'),
      members: [memberFixture(), memberFixture({ userId: 'user-2', name: 'Jun', role: 'owner' })],
    },
  }),
  alone: scene({ people: alone }),
  several: scene({ workspaces: [acme, workspaceFixture('beta', 'Beta Team')] }),
  loading: scene({ people: null }),
  none: scene({ workspaces: [], workspace: null, role: null, people: null }),
  unknown: scene({ workspace: null, role: null, people: null, unknown: true }),
  failed: scene({ failed: true }),
  'failed-first': scene({ people: null, failed: true }),
  link: scene({
    begin: (desk) => {
      desk.link = { email: 'new@example.com', token: 'Q7f2Kx9ZbT4mWcR8vLhN3sYpJ6dGaE1u' };
    },
  }),
  'invite-refused': scene({
    begin: ({ inviting }) => (inviting.failure = refused('already_member', 'email')),
  }),
  'invite-full': scene({
    begin: ({ inviting }) => (inviting.failure = refused('invitations_full')),
  }),
  'withdraw-failed': scene({
    begin: ({ revoking }) => (revoking.failure = refused('join_used')),
  }),
};

const view = {
  workspaceName: 'Acme 연구실',
  role: 'billing',
  emailHint: 'm…@example.com',
  expiresAt: new Date(Date.now() + dayMs).toISOString(),
} as const;

export const joinScenes: Readonly<Record<string, (joining: Joining) => void>> = {
  looking: ({ looking }) => (looking.busy = true),
  open: (joining) => (joining.view = view),
  accepting: (joining) => {
    joining.view = view;
    joining.accepting.busy = true;
  },
  'other-address': (joining) => {
    joining.view = view;
    joining.accepting.failure = refused('join_email_mismatch');
  },
  busy: (joining) => {
    joining.view = view;
    joining.accepting.failure = refused('team_busy');
  },
  expired: ({ looking }) => (looking.failure = refused('join_expired')),
};
