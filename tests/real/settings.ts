/**
 * What `npm run test:real` is pointed at: names of `.env.example`, and a few of its own for what
 * stands in for money and for OpenAI. From the process's environment, or from `--env <file>`.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export type Given = Readonly<Record<string, string>>;

/** Without all of them the part they belong to is skipped. */
const needed = {
  appwrite: ['APPWRITE_ENDPOINT', 'APPWRITE_CONSOLE_EMAIL', 'APPWRITE_CONSOLE_PASSWORD'],
  dokploy: ['DOKPLOY_URL', 'DOKPLOY_API_KEY'],
  runtimes: ['RUNTIME_DOMAIN', 'OPENCLAW_IMAGE', 'AGENT_IMAGE'],
  /** The PayApp sandbox (`npm run payapp`), where functions and this machine reach it, and its keys. */
  payment: [
    ...['TEST_PAYAPP_URL', 'TEST_PAYAPP_USERID'],
    ...['TEST_PAYAPP_LINKKEY', 'TEST_PAYAPP_LINKVAL'],
  ],
  /** The OpenAI stand-in, where this machine reaches it; gateways must reach it as auth.openai.com. */
  openai: ['TEST_OPENAI_URL'],
} as const;
export type Need = keyof typeof needed;

const optional = [
  ...['APPWRITE_FUNCTIONS_DOMAIN', 'RUNTIME_SCHEME', 'RUNTIME_ADDRESS'],
  ...['OPENCLAW_VERSION_FLOOR', 'TEST_SITE_URL', 'TEST_DOKPLOY_IMAGE', 'TEST_DOKPLOY_SERVER'],
];

export const readGiven = (file: string | undefined): Given => {
  const ofFile = file === undefined ? {} : parseEnv(readFileSync(file, 'utf8'));
  const names = [...Object.values(needed).flat(), ...optional];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = (process.env[name] ?? ofFile[name] ?? '').trim();
      return value === '' ? [] : [[name, value] as const];
    }),
  );
};

/** Names that are missing for these, in a sentence; empty when there is nothing missing. */
export const missingFor = (given: Given, ...needs: readonly Need[]): string => {
  const names = needs.flatMap((need) => needed[need]).filter((name) => !(name in given));
  return names.length === 0 ? '' : `not set: ${names.join(', ')}`;
};
