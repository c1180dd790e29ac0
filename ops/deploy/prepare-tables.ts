/**
 * What appwrite-cli cannot do to tables without harm, done through the API before it runs: it would
 * delete a string column to change its size, and it does not see that an index's columns differ.
 */
import type { Api } from './api.ts';
import type { AppwriteConfig, ColumnConfig } from './config.ts';
import { pathOf, sameIndex } from './plan-tables.ts';
import type { RemoteTable } from './remote.ts';

const isPlainString = (column: ColumnConfig): boolean =>
  column.type === 'string' && (column['format'] ?? '') === '' && column['array'] !== true;

const resize = async (api: Api, path: string, [from, to]: [ColumnConfig, ColumnConfig]) => {
  if (!isPlainString(from) || !isPlainString(to) || from['size'] === to['size']) return;
  if (from['encrypt'] !== to['encrypt']) return;
  const { required, size, default: fallback } = to;
  const body = { required, default: fallback ?? null, size };
  await api.send('PATCH', `${path}/columns/string/${to.key}`, body);
};

export const prepareTables = async (
  api: Api,
  config: AppwriteConfig,
  remote: readonly RemoteTable[],
): Promise<void> => {
  for (const wanted of config.tables) {
    const found = remote.find((table) => pathOf(table) === pathOf(wanted));
    if (found === undefined) continue;
    const path = `/tablesdb/${wanted.databaseId}/tables/${wanted.$id}`;
    for (const column of wanted.columns) {
      const from = found.columns.find(({ key }) => key === column.key);
      if (from !== undefined) await resize(api, path, [from, column]);
    }
    for (const index of wanted.indexes) {
      const from = found.indexes.find(({ key }) => key === index.key);
      if (from === undefined || sameIndex(from, index)) continue;
      await api.send('DELETE', `${path}/indexes/${index.key}`);
    }
  }
};
