/** An embedded server of its own for the unmodified server SDK, and what its refusals are called. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppwriteException, Client } from 'node-appwrite';
import { createAppwrite } from '#local/appwrite/server.ts';

const projectId = 'shop';
const key = 'standard_sdk_key';

export interface SdkWorld {
  readonly port: number;
  /** Without credentials. */
  client(): Client;
  keyed(): Client;
  close(): Promise<void>;
}

export const openSdkWorld = async (): Promise<SdkWorld> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sdk-'));
  const server = await createAppwrite({ dataDir, project: { id: projectId, key } });
  const client = (): Client => new Client().setEndpoint(`${server.url}/v1`).setProject(projectId);
  return {
    port: server.port,
    client,
    keyed: () => client().setKey(key),
    close: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

/** `done`, or the type of the refusal; anything else is a bug and thrown on. */
export const outcome = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof AppwriteException) return error.type;
    throw error;
  }
};
