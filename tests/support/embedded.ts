/** The embedded Appwrite with our tables deployed, for contract tests; no CLI, no functions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAppwrite } from '#local/appwrite/server.ts';
import type { Column, Table } from '#schemas/tables/define.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { tables } from '#schemas/tables/tables.ts';

export interface Embedded {
  /** `http://127.0.0.1:port/v1` */
  readonly endpoint: string;
  readonly projectId: string;
  /** A project key, as a function gets one for its execution. */
  readonly key: string;
  stop(): Promise<void>;
}

const projectId = 'shop';
const key = 'standard_contract_key';

export const startEmbedded = async (
  wanted: readonly (keyof typeof tables)[] = [],
): Promise<Embedded> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'embedded-'));
  const server = await createAppwrite({ dataDir, project: { id: projectId, key, platforms: [] } });
  const endpoint = `${server.url}/v1`;
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(endpoint + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-appwrite-project': projectId,
        'x-appwrite-key': key,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await post('/tablesdb', { databaseId, name: databaseId });
  for (const name of wanted) await deploy(post, tables[name]);
  return {
    endpoint,
    projectId,
    key,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

const deploy = async (
  post: (path: string, body: object) => Promise<void>,
  { id, columns }: Table,
): Promise<void> => {
  const path = `/tablesdb/${databaseId}/tables`;
  await post(path, { tableId: id, name: id, permissions: [], rowSecurity: true });
  for (const [name, column] of Object.entries<Column>(columns)) {
    await post(`${path}/${id}/columns/${column.type}`, columnBody(name, column));
  }
};

const columnBody = (key: string, column: Column): object => {
  const { required } = column;
  switch (column.type) {
    case 'string':
      return { key, required, size: column.size };
    case 'enum':
      return { key, required, elements: column.elements };
    case 'integer':
      return { key, required, min: column.min, max: column.max };
    case 'boolean':
    case 'datetime':
      return { key, required };
  }
};
