/**
 * As the way to a newer version goes: the code is pulled, the backup is made, then it is deployed. The
 * backup of a project without the newest tables and columns is made, and comes back into one with them.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInstallation } from '#tests/support/installation.ts';
import type { TestInstallation } from '#tests/support/installation.ts';

const slow = 240_000;
const tables = '/tablesdb/main/tables';

let place: TestInstallation;

const good = async (command: string, ...args: readonly string[]): Promise<string> => {
  const { code, text } = await place.run(command, ...args);
  expect(code, text).toBe(0);
  return text;
};

beforeAll(async () => {
  place = await openInstallation();
  await good('deploy', '--yes');
  await place.sleep();
  const data = { note: 'kept', createdBy: 'somebody' };
  await place.ask('POST', `${tables}/invites/rows`, { rowId: 'kept', data });
  // What newer code would have added.
  await place.ask('DELETE', `${tables}/subdomains`);
  await place.ask('DELETE', `${tables}/invites/columns/email`);
}, slow);
afterAll(() => place.close());

test(
  'it is made, says what is not in it, and comes back after the deploy, alone',
  async () => {
    const folder = join(place.folder, 'before');
    const made = await good('export', folder);
    expect(made).toContain('a deploy makes them: subdomains.');
    await good('deploy', '--yes');
    await place.sleep();
    const claim = { rowId: 'later', data: { workspaceId: 'w', claimedBy: 'u' } };
    await place.ask('POST', `${tables}/subdomains/rows`, claim);
    await place.ask('DELETE', `${tables}/invites/rows/kept`);

    const refused = await place.run('import', folder);
    expect(refused.code, refused.text).toBe(1);
    expect(refused.text).toContain('subdomains');
    const back = await good('import', folder, '--replace', 'selling');
    expect(/Digest (\S+)/.exec(back)?.[1]).toBe(/Digest (\S+)/.exec(made)?.[1]);
    const row = await place.ask('GET', `${tables}/invites/rows/kept`);
    expect(row).toMatchObject({ note: 'kept', email: null });
    expect(await place.ask('GET', `${tables}/subdomains/rows`)).toMatchObject({ total: 0 });
  },
  slow,
);
