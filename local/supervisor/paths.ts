/** Where things are. Everything that is made at run time lives below `.local/`. */
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const node = process.execPath;

/** Where OpenClaw is installed, whatever the state folder is. */
const shared = join(root, '.local');

export interface Places {
  readonly state: string;
  readonly logs: string;
  readonly secrets: string;
  readonly deploy: string;
  readonly appwrite: string;
  readonly payapp: string;
  readonly dokploy: string;
  readonly openai: string;
  readonly bucket: string;
}

export const placesIn = (state: string): Places => ({
  state,
  logs: join(state, 'logs'),
  secrets: join(state, 'secrets.json'),
  deploy: join(state, 'deploy'),
  appwrite: join(state, 'appwrite'),
  payapp: join(state, 'payapp'),
  dokploy: join(state, 'dokploy'),
  openai: join(state, 'openai'),
  bucket: join(state, 'bucket'),
});

/** Shared by every installation on this machine: 770 MB that never change. */
export const openclawFolder = join(shared, 'openclaw');
/** `HOSTED_STATE` keeps accounts, orders and runtimes elsewhere. */
export const defaultPlaces = placesIn(process.env['HOSTED_STATE'] ?? shared);
