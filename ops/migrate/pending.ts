/** Which migrations a project has not had, as lines of a plan; and all of them, one after the other. */
import type { Api } from '#ops/deploy/api.ts';
import type { Change } from '#ops/deploy/change.ts';
import type { Note } from '#ops/deploy/deploy.ts';
import type { Migration } from './migration.ts';
import { migrations } from './migrations.ts';
import { pendingOf, readJournal, runMigration } from './run.ts';

export const titleOf = ({ number, name }: Migration): string =>
  `${String(number).padStart(4, '0')} ${name}`;

export const pendingMigrations = async (api: Api): Promise<readonly Migration[]> =>
  pendingOf(migrations, await readJournal(api));

export const planMigrations = async (api: Api): Promise<readonly Change[]> =>
  (await pendingMigrations(api)).map((migration) => ({
    ...{ sign: 'change', kind: 'migration', name: titleOf(migration) },
    detail: `rows of ${migration.table}; npm run migrate -- --dry-run counts them`,
  }));

export type Step = <T>(title: string, work: (note: Note) => Promise<T>) => Promise<T>;

export const migrateAll = async (api: Api, step: Step, isDry: boolean): Promise<number> => {
  const pending = await pendingMigrations(api);
  for (const migration of pending) {
    const title = `${titleOf(migration)} (${migration.table})`;
    await step(title, (note) => runMigration({ api, migration, isDry, note }));
  }
  return pending.length;
};
