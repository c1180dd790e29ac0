/** The parts of the product on one machine, in the order they depend on each other. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { engineEnvironment, ensureImages, openBridge, wantsContainers } from './containers.ts';
import { SetupError } from './output.ts';
import { writeImages } from './images.ts';
import { keepPart, realKeeping } from './kept-part.ts';
import { startPart } from './part.ts';
import type { Part, PartOptions } from './part.ts';
import type { Places } from './paths.ts';
import type { Secrets } from './secrets.ts';
import { apiHost, siteHost } from './world.ts';
import type { World } from './world.ts';

export const payappUserId = 'hosted-demo';

/** `PAYAPP_RECURRING=on npm start`: the sandbox has the contract then, and the product offers it. */
export const recurring = (): 'on' | 'off' =>
  process.env['PAYAPP_RECURRING'] === 'on' ? 'on' : 'off';

interface PartsInput {
  readonly world: World;
  readonly places: Places;
  readonly secrets: Secrets;
}

const startKept = (options: PartOptions): Promise<Part> =>
  keepPart(realKeeping(() => startPart(options)));

const startOpenAi = ({ world, places }: PartsInput): Promise<Part> =>
  startKept({
    name: 'openai',
    script: 'local/openai/main.ts',
    logs: places.logs,
    env: {
      OPENAI_PORT: String(world.ports.openai),
      OPENAI_PROXY_PORT: String(world.ports.openaiProxy),
      OPENAI_DATA_DIR: places.openai,
      OPENAI_HOLD_CALLBACK_PORT: '1',
    },
  });

const startPayApp = ({ world, places, secrets }: PartsInput): Promise<Part> =>
  startKept({
    name: 'payapp',
    script: 'local/payapp/main.ts',
    logs: places.logs,
    env: {
      PAYAPP_PORT: String(world.ports.payapp),
      PAYAPP_PUBLIC_URL: world.payappUrl,
      PAYAPP_USERID: payappUserId,
      PAYAPP_LINKKEY: secrets.payappLinkKey,
      PAYAPP_LINKVAL: secrets.payappLinkVal,
      PAYAPP_STATE_FILE: join(places.payapp, 'state.json'),
      PAYAPP_RECURRING: recurring(),
    },
  });

const caFileOf = (openai: Part): string => {
  const file = openai.ready['caPath'];
  if (typeof file !== 'string') throw new SetupError('openai did not say where its CA file is.');
  return file;
};

const launchDokploy = (
  { world, places, secrets }: PartsInput,
  backend: Readonly<Record<string, string>>,
): Promise<Part> =>
  startKept({
    name: 'dokploy',
    script: 'local/dokploy/main.ts',
    logs: places.logs,
    env: {
      DOKPLOY_PORT: String(world.ports.dokploy),
      DOKPLOY_INGRESS_PORT: String(world.ports.ingress),
      DOKPLOY_API_KEY: secrets.dokployKey,
      DOKPLOY_DATA_DIR: places.dokploy,
      ...backend,
    },
  });

const startDokploy = (input: PartsInput, openai: Part): Promise<Part> => {
  if (wantsContainers()) return startDokployOnDocker(input, caFileOf(openai));
  const images = writeImages(input.places.dokploy, {
    proxyUrl: `http://127.0.0.1:${input.world.ports.openaiProxy}`,
    caFile: caFileOf(openai),
  });
  return launchDokploy(input, { DOKPLOY_BACKEND: 'process', DOKPLOY_IMAGES_FILE: images });
};

const startDokployOnDocker = async (input: PartsInput, caFile: string): Promise<Part> => {
  const environment = await engineEnvironment();
  const part = await launchDokploy(input, { ...environment, DOKPLOY_BACKEND: 'docker' });
  try {
    const bridge = await openBridge(environment, input.world.ports.openaiProxy);
    await ensureImages(environment, { proxyUrl: bridge.proxyUrl, caFile });
    const stop = (): Promise<void> => part.stop().finally(() => bridge.close());
    return { ...part, stop };
  } catch (error) {
    await part.stop();
    throw error;
  }
};

/** What a customer would have at a provider of storage; its page says what to fill in. */
const startBucket = ({ world, places, secrets }: PartsInput): Promise<Part> =>
  startKept({
    name: 'bucket',
    script: 'local/bucket/main.ts',
    logs: places.logs,
    env: {
      BUCKET_PORT: String(world.ports.bucket),
      BUCKET_DATA_DIR: places.bucket,
      BUCKET_NAME: 'backups',
      BUCKET_REGION: 'local-1',
      BUCKET_ACCESS_KEY_ID: 'LOCALBUCKETKEY',
      BUCKET_SECRET_ACCESS_KEY: secrets.bucketSecretKey,
    },
  });

const startAppwrite = ({ world, places, secrets }: PartsInput): Promise<Part> =>
  startKept({
    name: 'appwrite',
    script: 'local/appwrite/start.mjs',
    logs: places.logs,
    env: {
      APPWRITE_PORT: String(world.ports.appwrite),
      APPWRITE_DATA_DIR: places.appwrite,
      APPWRITE_CONSOLE_EMAIL: world.consoleEmail,
      APPWRITE_CONSOLE_PASSWORD: secrets.consolePassword,
      APPWRITE_PROJECT_ID: world.projectId,
      APPWRITE_KEY: secrets.appwriteKey,
      APPWRITE_PLATFORMS: siteHost,
      APPWRITE_API_DOMAINS: apiHost,
    },
  });

/** Starts them all; if one fails, those already started are stopped again. */
export const startParts = async (
  input: PartsInput,
  onStarted: (part: Part) => void,
): Promise<readonly Part[]> => {
  for (const folder of [input.places.payapp, input.places.openai, input.places.appwrite]) {
    mkdirSync(folder, { recursive: true });
  }
  const started: Part[] = [];
  const add = async (starting: Promise<Part>): Promise<Part> => {
    const part = await starting;
    started.push(part);
    onStarted(part);
    return part;
  };
  try {
    const openai = await add(startOpenAi(input));
    await add(startPayApp(input));
    await add(startBucket(input));
    await add(startDokploy(input, openai));
    await add(startAppwrite(input));
    return started;
  } catch (error) {
    await stopParts(started);
    throw error;
  }
};

/** Last started, first stopped: functions go before the services they call. */
export const stopParts = async (parts: readonly Part[]): Promise<void> => {
  for (const part of parts.toReversed()) await part.stop();
};
