/** The outbox in a small working world: who is told, how often, and what happens when it fails. */
import { beforeEach, describe, expect, test } from 'vitest';
import { triesAtMost, triesBeforeTask } from '#core/messages/round.ts';
import type { Locale } from '#schemas/contract/vocabulary.ts';
import { MemoryMessages } from '#tests/support/messages.ts';
import { makeWorld } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import { announce, sentAtOf } from './announce.ts';
import { sendMessages } from './send-messages.ts';
import type { SendDeps } from './send-message.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const workspaceId = 'w1';
const key = { kind: 'ready', subjectId: 'r1', occasion: 'first' } as const;
const ready = { ...key, workspaceId, values: { runtimeName: 'First', path: '/?runtime=r1' } };
const reminder = {
  kind: 'renewal_due',
  subjectId: 'r1',
  occasion: '7',
  workspaceId,
  values: {
    runtimeName: 'First',
    path: '/',
    endsAt: '2026-12-23T09:00:00.000Z',
    amountKrw: 39_000,
    months: 1,
  },
} as const;

let stage: World & { readonly messages: MemoryMessages; readonly siteUrl: string };

const join = async (userId: string, role: 'owner' | 'member' | 'billing', locale: Locale) => {
  const email = `${userId}@example.com`;
  await stage.accounts.create({ userId, email, password: 'x', name: userId });
  const data = { email, name: userId, locale, inviteId: userId };
  await stage.store.create('members', userId, { data, readers: { user: userId } });
  const team = stage.teams.all.get(workspaceId) ?? new Map<string, typeof role>();
  stage.teams.all.set(workspaceId, team.set(userId, role));
};

const told = (): readonly string[] => stage.messages.arrived.map(({ userId }) => userId);
const row = () => stage.store.rows('messages')[0];
const tasks = (): readonly string[] => stage.store.rows('tasks').map(({ kind }) => kind);
const send = (deps: SendDeps = stage): Promise<void> => sendMessages(deps);

/** Every try until the end, each when it is due. */
const goOn = async (): Promise<void> => {
  for (let tries = 0; tries < 2 * triesAtMost; tries += 1) {
    await send();
    const { nextAttemptAt = null } = row() ?? {};
    if (nextAttemptAt === null) return;
    stage.clock.advance(Math.max(0, Date.parse(nextAttemptAt) - stage.clock.now().getTime()));
  }
};

beforeEach(async () => {
  const world = makeWorld();
  stage = { ...world, messages: new MemoryMessages(world.clock), siteUrl: 'https://site.example/' };
  await join('mina', 'owner', 'ko');
  await join('jun', 'owner', 'en');
  await join('bill', 'billing', 'ko');
  await join('mem', 'member', 'ko');
});

describe('who is told', () => {
  test('owners, each in the own language', async () => {
    await announce(stage, ready);
    await send();
    expect(told().toSorted()).toEqual(['jun', 'mina']);
    const subjects = new Map(stage.messages.arrived.map((mail) => [mail.userId, mail.subject]));
    expect(subjects.get('mina')).toMatch(/런타임/);
    expect(subjects.get('jun')).toMatch(/Your runtime First is ready/);
    expect(stage.messages.arrived[0]?.html).toContain('https://site.example/?runtime=r1');
  });

  test('of money also those who pay, of the login also those who can renew it', async () => {
    await announce(stage, reminder);
    await send();
    expect(told().toSorted()).toEqual(['bill', 'jun', 'mina']);
    stage.messages.arrived.length = 0;
    await announce(stage, { ...ready, kind: 'login_lost', occasion: 'l1' });
    await send();
    expect(told().toSorted()).toEqual(['jun', 'mem', 'mina']);
  });

  test('one person alone, where it is about one', async () => {
    await announce(stage, { ...ready, userId: 'mem' });
    await send();
    expect(told()).toEqual(['mem']);
  });

  test('as the team is when it is sent', async () => {
    await announce(stage, ready);
    stage.teams.all.get(workspaceId)?.delete('jun');
    await send();
    expect(told()).toEqual(['mina']);
  });

  test('nobody of a deleted account or workspace, and that is no task', async () => {
    const data = { requestedAt: '2026-11-23T00:00:00.000Z', withdrawnAt: null };
    const row = { ...data, confirmedAt: null, finishedAt: null };
    await stage.store.create('deletions', 'gone', { data: row, readers: 'functions' });
    await announce(stage, { ...ready, userId: 'gone' });
    await announce(stage, { ...ready, subjectId: 'r2', workspaceId: 'w-gone' });
    await send();
    const rows = stage.store.rows('messages');
    expect(rows.map(({ state, failureCode }) => [state, failureCode])).toEqual([
      ['dropped', 'account_deleted'],
      ['dropped', 'workspace_gone'],
    ]);
    expect(tasks()).toEqual([]);
  });
});

describe('an invitation', () => {
  const values = { workspaceName: 'Acme', role: 'member', path: '/' } as const;
  const expiresAt = '2026-12-01T00:00:00.000Z';
  const invite = async (email: string, change: object = {}) => {
    const base = { workspaceId, email, role: 'member' as const, invitedBy: 'mina', expiresAt };
    const open = { ...base, revokedAt: null, usedAt: null, usedBy: null, dueAt: null };
    const data = { ...open, ...change };
    await stage.store.create('invitations', 'i1', { data, readers: 'functions' });
    const about = { kind: 'member_invited', subjectId: 'i1', occasion: 'made' } as const;
    await announce(stage, { ...about, workspaceId, values: { ...values, expiresAt } });
    await send();
  };

  test('goes to the account that has its address', async () => {
    await join('eve', 'member', 'en');
    await invite('eve@example.com');
    expect(told()).toEqual(['eve']);
    expect(JSON.stringify(stage.store.rows('messages'))).not.toContain('eve@');
  });

  test('to an address without an account goes nothing, and that is no task', async () => {
    await invite('stranger@example.com');
    expect(row()).toMatchObject({ state: 'dropped', failureCode: 'no_account' });
    expect(tasks()).toEqual([]);
  });

  test.each([['revokedAt'], ['usedAt']])('that is over by %s is not spoken of', async (column) => {
    await join('eve', 'member', 'en');
    await invite('eve@example.com', { [column]: expiresAt });
    expect(row()).toMatchObject({ state: 'dropped', failureCode: 'invitation_over' });
    expect(told()).toEqual([]);
  });
});

describe('once', () => {
  test('announced twice, sent by two at once, and again later', async () => {
    expect(await announce(stage, ready)).toBe('announced');
    expect(await announce(stage, ready)).toBe('known');
    expect(await sentAtOf(stage, key)).toBeNull();
    expect(stage.store.readersOf('messages', row()?.id ?? '')).toBe('functions');
    await Promise.all([send(), send(), send()]);
    const { writes } = stage.store;
    stage.clock.advance(30 * dayMs);
    await send();
    expect(stage.store.writes).toBe(writes);
    expect(told().toSorted()).toEqual(['jun', 'mina']);
    expect(await sentAtOf(stage, key)).not.toBeNull();
  });

  test('whatever write was the last one before a crash', async () => {
    const begin = stage;
    for (let writes = 1; ; writes += 1) {
      stage = { ...begin, messages: new MemoryMessages(begin.clock) };
      await announce(stage, { ...ready, occasion: `crash-${writes}` });
      stage.store.crashAfterWrites(writes);
      await send();
      const happened = stage.store.crashed;
      stage.store.revive();
      stage.clock.advance(2 * minuteMs);
      await send();
      expect(told().toSorted(), `after ${writes} writes`).toEqual(['jun', 'mina']);
      if (!happened) break;
    }
  });

  test('when the answer to handing it on is lost', async () => {
    stage.messages.fate = 'silent';
    await announce(stage, ready);
    await goOn();
    expect(told().toSorted()).toEqual(['jun', 'mina']);
    expect(row()?.state).toBe('sent');
  });

  test('while it is on its way for hours it is only looked at', async () => {
    stage.messages.fate = 'stay';
    await announce(stage, ready);
    await send();
    expect(row()).toMatchObject({ state: 'pending', attempts: 0, sentAt: null });
    stage.clock.advance(3 * 60 * minuteMs);
    await send();
    expect(row()).toMatchObject({ state: 'pending', attempts: 1, failureCode: 'stuck' });
    expect(stage.messages.kept).toBe(2);
    stage.messages.arrive();
    stage.clock.advance(dayMs);
    await send();
    expect(row()?.state).toBe('sent');
    expect(stage.messages.kept).toBe(2);
  });
});

describe('what does not arrive', () => {
  test('is tried again and arrives when it can', async () => {
    stage.messages.fate = 'undelivered';
    await announce(stage, ready);
    await send();
    expect(row()).toMatchObject({ state: 'pending', attempts: 1, failureCode: 'undelivered' });
    expect(await sentAtOf(stage, key)).toBeNull();
    expect(stage.messages.kept).toBe(0);
    stage.messages.fate = 'deliver';
    stage.clock.advance(minuteMs);
    await send();
    expect(row()).toMatchObject({ state: 'sent', failureCode: null });
    expect(tasks()).toEqual([]);
  });

  test.each([['undelivered'], ['no_provider'], ['refuse']] as const)(
    '%s for good: a person is told, and there is an end',
    async (fate) => {
      stage.messages.fate = fate;
      await announce(stage, ready);
      await goOn();
      expect(row()).toMatchObject({ state: 'failed', attempts: triesAtMost, sentAt: null });
      expect(tasks()).toEqual(['message_undelivered']);
      expect(await sentAtOf(stage, key)).toBeNull();
      expect(stage.messages.kept).toBe(0);
    },
  );

  test('one who bounces keeps nobody else from being told, and only that one is tried again', async () => {
    stage.messages.fates.set('jun', 'rejected');
    await announce(stage, ready);
    await goOn();
    expect(told()).toEqual(['mina']);
    expect(row()).toMatchObject({ state: 'failed', attempts: triesBeforeTask });
    expect(row()?.sentAt).not.toBeNull();
    expect(tasks()).toEqual(['message_undelivered']);
  });

  test('a workspace in which nobody is concerned is a task, never sent', async () => {
    stage.teams.all.set(workspaceId, new Map([['mem', 'member' as const]]));
    await announce(stage, ready);
    await goOn();
    expect(row()).toMatchObject({ state: 'failed', failureCode: 'no_recipients', sentAt: null });
    expect(tasks()).toEqual(['message_undelivered']);
  });

  test('one that cannot be sent holds up no other', async () => {
    await announce(stage, { ...ready, subjectId: 'bad', values: { ...ready.values, path: '//x' } });
    await announce(stage, ready);
    await send();
    const states = stage.store
      .rows('messages')
      .map(({ state, failureCode }) => [state, failureCode]);
    expect(states).toEqual([
      ['pending', 'values'],
      ['sent', null],
    ]);
  });
});
