/** Twenty runtimes over four workspaces, in mixed states and roles: does it stay easy? */
import type { RuntimeRow } from '#schemas/contract/rows.ts';
import type { RuntimeStatus, WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { FlowInput } from '../flow/steps.ts';
import { newRuntime } from '../flow/words.ts';
import { orderFixture, runtimeFixture, workspaceFixture } from './fixtures.ts';

const minuteMs = 60_000;
const from = Date.parse('2026-11-23T01:00:00.000Z');
const createdAt = (index: number): string => new Date(from + index * minuteMs).toISOString();
const good = ['true', 'ok', 'none'] as const;
const all = { codex_linked: good, smoke_passed: good } as const;
/** What a status is shown with, so that a scene tells one story. */
const conditionsOf: Partial<Record<RuntimeStatus, Parameters<typeof runtimeFixture>[1]>> = {
  ready: all,
  suspended: all,
  degraded: { ...all, reachable: ['false', 'agent_unreachable', 'system'] },
  provisioning: { deployed: ['unknown', 'deploy_running', 'system'] },
  failed: { deployed: ['false', 'retries_exhausted', 'operator'] },
};

const workspaces = [
  workspaceFixture('acme', 'Acme 연구실'),
  workspaceFixture('seongsu-studio', '성수동 스튜디오 공동 작업 모임'),
  workspaceFixture('beta', 'Beta Team'),
  workspaceFixture('north', 'Northern Lights Research & Applied Machine Learning Group'),
];
const roles: Readonly<Record<string, WorkspaceRole>> = {
  acme: 'owner',
  'seongsu-studio': 'member',
  beta: 'billing',
  north: 'owner',
};

const runtimesOf = (workspaceId: string, statuses: readonly RuntimeStatus[]): RuntimeRow[] =>
  statuses.map((status, index) =>
    runtimeFixture(status, conditionsOf[status], {
      $id: `${workspaceId}-${index + 1}`,
      workspaceId,
      $createdAt: createdAt(index),
      name:
        ['research', '야간 작업', 'nightly-regression-of-the-long-name'][index % 3] ?? 'research',
      host: `r${index + 1}.${workspaceId}.runtimes.example.com`,
    }),
  );

const runtimes = [
  ...runtimesOf('acme', [
    'ready',
    'degraded',
    'auth_required',
    'provisioning',
    'ready',
    'suspended',
    'failed',
    'linking',
    'ready',
  ]),
  ...runtimesOf('seongsu-studio', ['ready', 'ready', 'auth_required', 'running', 'degraded']),
  ...runtimesOf('beta', ['ready', 'suspended']),
  ...runtimesOf('north', ['ready', 'deleting', 'ready', 'failed']),
];
const awaiting = orderFixture('awaiting_payment', {
  $id: 'order-20',
  $createdAt: createdAt(30),
  workspaceId: 'seongsu-studio',
  runtimeId: 'seongsu-studio-6',
  runtimeName: '결제 대기 중인 런타임',
});

const at = (workspaceId: string | null, runtimeId: string | null): FlowInput => ({
  session: 'signed_in',
  loaded: true,
  workspaces,
  orders: [awaiting],
  runtimes,
  selection: { workspaceId, runtimeId },
});

export const manyScenes = {
  'twenty-workspaces': { input: at(null, null), roles },
  'twenty-search': { input: at('acme', null), roles },
  'twenty-ready': { input: at('acme', 'acme-5'), roles },
  'twenty-degraded': { input: at('acme', 'acme-2'), roles },
  'twenty-tabs': { input: at('seongsu-studio', 'seongsu-studio-2'), roles },
  'twenty-tabs-order': { input: at('seongsu-studio', 'seongsu-studio-6'), roles },
  'twenty-list': { input: at('north', null), roles },
  'twenty-billing': { input: at('beta', 'beta-2'), roles },
  'twenty-new': { input: at('beta', newRuntime), roles },
} as const;
