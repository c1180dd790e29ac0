import { expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { deletionReceipt } from '#schemas/contract/deletion.ts';
import { deletionOf, deletionStateOf, digestOf } from './deletion.ts';

const row = { status: 'ready', receipt: '{}', deletesAt: null, deletion: null } as const;

test.each([
  [{}, 'possible'],
  [{ status: 'provisioning', receipt: null }, 'early'],
  [{ status: 'failed', receipt: null }, 'early'],
  [{ status: 'degraded', receipt: null }, 'possible'],
  [{ status: 'suspended', receipt: null }, 'possible'],
  [{ status: 'ready', deletesAt: '2026-12-01T00:00:00.000Z' }, 'leaving'],
  [{ status: 'deleting' }, 'going'],
  [{ status: 'deleted' }, 'gone'],
] as const)('%o is %s', (changes, state) => {
  expect(deletionStateOf({ ...row, ...changes })).toBe(state);
});

test('what cannot be read is nothing', () => {
  for (const deletion of [null, 'not json', '{}', '{"reason":"other"}']) {
    expect(deletionOf({ deletion })).toBeNull();
  }
});

test('the digest is that of the receipt as it was written', async () => {
  const receipt = deletionReceipt.parse({
    ...{ runtimeId: 'r1', reason: 'customer', askedBy: 'u1', askedAt: 'a', deletedAt: 'b' },
    lines: [{ what: 'service', proof: 'gone', seenAt: 'b' }],
    ...{ version: null, lastBackup: null, backups: 0, declaredBy: null },
  });
  const text = JSON.stringify(receipt);
  expect(await digestOf(receipt)).toBe(createHash('sha256').update(text).digest('hex'));
});
