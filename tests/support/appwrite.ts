/**
 * The Appwrite that adapters are tried against: the embedded one, or, when TEST_APPWRITE_ENDPOINT,
 * TEST_APPWRITE_PROJECT_ID and TEST_APPWRITE_KEY are set, another one where the tables are deployed.
 * The one switch between the two; `npm run test:real` sets it, to a project made for the tests.
 */
import { Client, TablesDB, Teams, Users } from 'node-appwrite';
import type { AppwriteSettings } from '#adapters/appwrite/transport.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { startEmbedded } from './embedded.ts';

export interface AppwriteUnderTest {
  readonly settings: AppwriteSettings;
  readonly key: string;
  /** The unmodified SDK with the same key: what the adapters did, seen by somebody else. */
  readonly users: Users;
  readonly teams: Teams;
  readonly rows: TablesDB;
  readonly newClient: () => Client;
  readonly stop: () => Promise<void>;
}

const namesInEnvironment = ['ENDPOINT', 'PROJECT_ID', 'KEY'] as const;

const configured = () => {
  const [endpoint = '', projectId = '', key = ''] = namesInEnvironment.map(
    (name) => process.env[`TEST_APPWRITE_${name}`],
  );
  if (endpoint === '' || projectId === '' || key === '') return null;
  return { endpoint, projectId, key, stop: () => Promise.resolve() };
};

export const openAppwrite = async (tables: readonly TableId[]): Promise<AppwriteUnderTest> => {
  const server = configured() ?? (await startEmbedded(tables));
  const { endpoint, projectId, key } = server;
  const newClient = (): Client => new Client().setEndpoint(endpoint).setProject(projectId);
  const keyed = newClient().setKey(key);
  return {
    settings: { endpoint, projectId },
    key,
    users: new Users(keyed),
    teams: new Teams(keyed),
    rows: new TablesDB(keyed),
    newClient,
    stop: () => server.stop(),
  };
};
