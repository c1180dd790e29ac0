/** `npm run reset`: drops every account, order and runtime of this machine, keeps what is installed. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dropContainers } from '../supervisor/containers.ts';
import { defaultPlaces } from '../supervisor/paths.ts';
import { configuredPorts, requireFree } from '../supervisor/ports.ts';
import { say } from '../supervisor/output.ts';

const dropped = ['appwrite', 'payapp', 'dokploy', 'openai', 'deploy', 'logs', 'deployed'];

export const run = async (): Promise<number> => {
  // A running product would go on writing into what is removed.
  await requireFree(configuredPorts());
  await dropContainers(defaultPlaces);
  for (const name of [...dropped, 'secrets.json']) {
    const path = join(defaultPlaces.state, name);
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
  say('State dropped. `npm start` begins anew; OpenClaw stays installed.');
  return 0;
};
