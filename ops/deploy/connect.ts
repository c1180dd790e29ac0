/**
 * The two ways in: the project's key for what runs and what is stored, and a session of the console
 * for what belongs to no key (settings, platforms, and the CLI's first push of a function). The
 * session lasts as long as the deploy and is ended with it; the password is on no command line.
 */
import * as z from 'zod/mini';
import { openApi, reach } from './api.ts';
import type { Api } from './api.ts';
import { SetupError } from './output.ts';
import { Secret } from './secret.ts';

export interface Target {
  /** API as this process reaches it: `https://host/v1`. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly key: Secret;
  readonly consoleEmail: string;
  readonly consolePassword: Secret;
}

export const withKey = ({
  endpoint,
  projectId,
  key,
}: Pick<Target, 'endpoint' | 'projectId' | 'key'>): Api =>
  openApi({
    endpoint,
    headers: { 'x-appwrite-project': projectId, 'x-appwrite-key': key.reveal() },
  });

export interface ConsoleSession {
  /** `a_session_console=…`, as the CLI keeps it. */
  readonly cookie: Secret;
  /** Routes of the console itself, such as `/projects/<id>`. */
  readonly console: Api;
  end(): Promise<void>;
}

const failure = z.object({ type: z.optional(z.string()), message: z.optional(z.string()) });

const wordsOf = (body: Buffer): string => {
  try {
    const { type = '', message = '' } = failure.parse(JSON.parse(body.toString('utf8')));
    return `${type}: ${message}`.slice(0, 300);
  } catch {
    return 'no reason given';
  }
};

const sessionCookie = (headers: Readonly<Record<string, unknown>>): string | undefined => {
  const set = headers['set-cookie'];
  const cookies = (Array.isArray(set) ? set : [set]) as readonly unknown[];
  return cookies
    .filter((cookie) => typeof cookie === 'string')
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('a_session_console='));
};

export const logIn = async (target: Target): Promise<ConsoleSession> => {
  const answer = await reach(`${target.endpoint}/account/sessions/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-appwrite-project': 'console' },
    body: JSON.stringify({
      email: target.consoleEmail,
      password: target.consolePassword.reveal(),
    }),
  }).catch(() => {
    throw new SetupError(`${target.endpoint} does not answer. Is APPWRITE_ENDPOINT right?`);
  });
  const cookie = sessionCookie(answer.headers);
  if (answer.status !== 201 || cookie === undefined) {
    throw new SetupError(
      `The console did not let ${target.consoleEmail} in (${String(answer.status)} ` +
        `${wordsOf(answer.body)}).\nCheck APPWRITE_CONSOLE_EMAIL and APPWRITE_CONSOLE_PASSWORD.`,
    );
  }
  const headers = { cookie, 'x-appwrite-project': 'console' };
  const console = openApi({ endpoint: target.endpoint, headers });
  return {
    cookie: new Secret(cookie),
    console,
    end: async () => {
      await console.send('DELETE', '/account/sessions/current').catch(() => undefined);
    },
  };
};
