/** Runs every check, each with a time-out of its own; one that cannot look is a failure itself. */
import { withKey } from '#ops/deploy/connect.ts';
import { redactor } from '#ops/deploy/secret.ts';
import { installationOf } from '#ops/env/schema.ts';
import type { Environment } from '#ops/env/schema.ts';
import { appwriteChecks } from './checks/appwrite.ts';
import { certificates } from './checks/certificates.ts';
import { deployedChecks } from './checks/deployed.ts';
import { dokployChecks } from './checks/dokploy.ts';
import { mailChecks } from './checks/mail.ts';
import { payappChecks } from './checks/payapp.ts';
import { runtimeChecks } from './checks/runtimes.ts';
import { failure } from './finding.ts';
import type { Check, Context, Finding } from './finding.ts';

export const checks: readonly Check[] = [
  ...[...appwriteChecks, ...mailChecks, ...deployedChecks, ...payappChecks, ...dokployChecks],
  ...[...runtimeChecks, certificates],
];

/** Longer than the slowest check's own limits. */
const timeoutMs = 150_000;

const fix = 'Is the address right, and does it answer from this machine?';

const within = <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return error.name === '$ZodError' ? 'an answer of another shape' : error.message;
};

export const examine = async (
  env: Environment,
  now: () => number = Date.now,
): Promise<readonly Finding[]> => {
  const installation = installationOf(env);
  const redact = redactor(installation.secrets);
  const context: Context = { env, installation, api: withKey(installation.target), now };
  const looked = await Promise.all(
    checks.map((check) =>
      within(check.look(context)).catch((error: unknown) => {
        const [says = '', advice = fix] = redact(reasonOf(error)).split('\n');
        return [failure(check.id, `could not be looked at: ${says.slice(0, 200)}`, advice)];
      }),
    ),
  );
  // An answer's words may come in lines; a finding is one.
  const oneLine = (text: string): string => redact(text).replaceAll(/\s*\n\s*/g, ' ');
  return looked.flat().map((each) => ({ ...each, message: oneLine(each.message) }));
};
