/** The stand-in of a customer's bucket, as tests turn and read it, and what an owner would fill in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBucket } from '#local/bucket/bucket.ts';
import type { Faults } from '#local/bucket/faults.ts';
import type { BucketGiven } from '#schemas/contract/agent-offsite.ts';

export interface BucketHere {
  readonly given: BucketGiven;
  turn(faults: Partial<Faults>): Promise<void>;
  calm(): Promise<void>;
  /** Names of the objects that lie there. */
  keys(): Promise<string[]>;
  /** `METHOD status`, as they came. */
  requests(): Promise<string[]>;
  object(key: string): Promise<Buffer>;
  end(): Promise<void>;
}

const keys = {
  accessKeyId: 'AKIDBUCKETTEST',
  secretAccessKey: 'bucket-secret-canary-0123456789',
  region: 'test-1',
};

export async function createBucketHere(): Promise<BucketHere> {
  const folder = await mkdtemp(join(tmpdir(), 'bucket-here-'));
  const running = await createBucket({ port: 0, dataDir: folder, name: 'backups', keys });
  const { listening } = running;
  const control = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(`${listening}/_ctl${path}`, init);
    if (!answer.ok) throw new Error(`the stand-in answered ${answer.status}`);
    return answer;
  };
  const look = async () =>
    (await (await control('')).json()) as { objects: { key: string }[]; requests: string[] };
  return {
    given: { endpoint: listening, bucket: 'backups', prefix: 'mine/openclaw', ...keys },
    turn: async (faults) => {
      await control('/faults', { method: 'PATCH', body: JSON.stringify(faults) });
    },
    calm: async () => {
      await control('/faults', { method: 'DELETE' });
    },
    keys: async () => (await look()).objects.map(({ key }) => key),
    requests: async () => (await look()).requests,
    object: async (key) => {
      const answer = await control(`/object?key=${encodeURIComponent(key)}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    end: async () => {
      await running.close();
      await rm(folder, { recursive: true });
    },
  };
}
