/**
 * Drives OpenClaw's login wizard (`models.authLogin`, `wizard.next`) on one connection.
 * Guarantees: bounded steps and time; only pages of the real issuer are passed on; when the
 * connection closes, OpenClaw ends the login and frees its one slot.
 */
import { randomUUID } from 'node:crypto';
import { pause } from '../deadline.ts';
import type { WizardAnswer, WizardStep } from '#schemas/wire/openclaw.ts';
import { wizardAnswer, wizardStatus } from '#schemas/wire/openclaw.ts';
import { AgentFailure } from '../failure.ts';
import type { GatewayConnection } from '../openclaw/connection.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';
import { isSaved, loginProblem } from './outcome.ts';

export const issuerOrigin = 'https://auth.openai.com';
const choices = { paste: 'openai/openai', device: 'openai/openai-device-code' } as const;
export type LoginKind = keyof typeof choices;

/** Notes and progress on either side of what is waited for: about five were seen. */
const maxSteps = 20;
/** The issuer has 30 s in OpenClaw to give a device code; the caller waits less than that. */
const startBudgetMs = 20_000;
/** The token exchange has 30 s in OpenClaw, the model list after it a few more. */
const finishBudgetMs = 60_000;
const lookEveryMs = 250;

export interface LoginWizard {
  readonly authorizeUrl: string;
  readonly state: string;
  readonly redirectUri: string;
  /** Hands over the callback; null when the login stands, otherwise the wizard's own text. */
  finish(callbackUrl: string): Promise<string | null>;
  /** `running`, or how it ended without us (OpenClaw itself may catch the browser's callback). */
  look(): Promise<'running' | 'done' | 'failed'>;
}

export interface DeviceWizard {
  readonly verificationUrl: string;
  readonly userCode: string;
  readonly lifeMs: number;
  /** Waits for the person: null when the login stands, otherwise the wizard's own text. */
  follow(): Promise<string | null>;
}

/** A wizard and the moment up to which its next step is waited for. */
interface Walk {
  readonly connection: GatewayConnection;
  readonly sessionId: string;
  readonly deadlineMs: number;
}

/** Throws the gateway's errors, or `GatewayTransportError` when the wizard makes no sense. */
export async function startLogin(connection: GatewayConnection): Promise<LoginWizard> {
  const walk = newWalk(connection);
  const step = await stepAfterStart(walk, 'paste', (seen) => seen.type === 'text');
  const { sessionId } = walk;
  return {
    ...readAuthorizeUrl(step.externalUrl),
    finish: async (callbackUrl) => finish(connection, { sessionId, stepId: step.id, callbackUrl }),
    look: async () => look(connection, sessionId),
  };
}

/** As `startLogin`; also throws `AgentFailure` when the issuer refuses to give a code. */
export async function startDeviceLogin(connection: GatewayConnection): Promise<DeviceWizard> {
  const walk = newWalk(connection);
  const step = await stepAfterStart(walk, 'device', (seen) => seen.deviceCode !== undefined);
  const { code: userCode = '', expiresInMinutes = 15 } = step.deviceCode ?? {};
  const lifeMs = expiresInMinutes * 60_000;
  const deadlineMs = performance.now() + lifeMs + finishBudgetMs;
  return {
    verificationUrl: readVerificationUrl(step.externalUrl),
    userCode,
    lifeMs,
    follow: async () => follow({ ...walk, deadlineMs }, step),
  };
}

function newWalk(connection: GatewayConnection): Walk {
  return {
    connection,
    sessionId: randomUUID(),
    deadlineMs: performance.now() + startBudgetMs,
  };
}

type IsWanted = (step: WizardStep) => boolean;

async function stepAfterStart(walk: Walk, kind: LoginKind, isWanted: IsWanted) {
  const { connection, sessionId } = walk;
  const params = { sessionId, authChoice: choices[kind] };
  const options = { timeoutMs: startBudgetMs };
  const started = await connection.call('models.authLogin', params, wizardAnswer, options);
  const answer = await advance(walk, started, isWanted);
  if (answer.done && answer.error !== undefined) {
    throw new AgentFailure(loginProblem(answer.error), true);
  }
  if (answer.done || answer.step === undefined) throw new GatewayTransportError('nonsense');
  return answer.step;
}

/** Walks over notes and progress until the wanted step, or the end. */
async function advance(walk: Walk, first: WizardAnswer, isWanted: IsWanted): Promise<WizardAnswer> {
  let answer = first;
  for (let count = 0; count < maxSteps; count += 1) {
    if (answer.done || (answer.step !== undefined && isWanted(answer.step))) return answer;
    answer = await next(walk, answer.step);
  }
  throw new GatewayTransportError('nonsense');
}

async function next(
  { connection, sessionId, deadlineMs }: Walk,
  step: WizardStep | undefined,
): Promise<WizardAnswer> {
  const call = async (answer?: object): Promise<WizardAnswer> => {
    const timeoutMs = Math.max(1, Math.round(deadlineMs - performance.now()));
    return connection.call('wizard.next', { sessionId, ...answer }, wizardAnswer, { timeoutMs });
  };
  if (step === undefined) return call();
  try {
    return await call({ answer: { stepId: step.id, value: null } });
  } catch (error) {
    // The wizard went on, or ended, while its step was on the way to us: a word on that step is
    // refused, and what came of it still waits to be fetched.
    if (!(error instanceof GatewayRefusal) || error.code !== 'INVALID_REQUEST') throw error;
    return call();
  }
}

function readAuthorizeUrl(
  externalUrl: string | undefined,
): Pick<LoginWizard, 'authorizeUrl' | 'state' | 'redirectUri'> {
  const url = readIssuerPage(externalUrl, '/oauth/authorize');
  const state = url.searchParams.get('state') ?? '';
  const redirectUri = url.searchParams.get('redirect_uri') ?? '';
  const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1):1455\/auth\/callback$/.test(redirectUri);
  if (!isLoopback || state.length < 8) throw new GatewayTransportError('nonsense');
  return { authorizeUrl: url.href, state, redirectUri };
}

function readVerificationUrl(externalUrl: string | undefined): string {
  return readIssuerPage(externalUrl, '/codex/device').href;
}

/** The gateway is the tenant's: a page of its own choosing must not reach the customer's browser. */
function readIssuerPage(externalUrl: string | undefined, path: string): URL {
  if (externalUrl === undefined || !URL.canParse(externalUrl)) {
    throw new GatewayTransportError('nonsense');
  }
  const url = new URL(externalUrl);
  const isIssuer = url.origin === issuerOrigin && url.pathname === path && url.username === '';
  if (!isIssuer) throw new GatewayTransportError('nonsense');
  return url;
}

async function follow(walk: Walk, step: WizardStep): Promise<string | null> {
  const end = await advance(walk, await next(walk, step), (seen) => seen.type === 'text');
  // Nothing is asked for after a device code; a wizard that does is not the one we know.
  if (!end.done) throw new GatewayTransportError('nonsense');
  return problemOf(end);
}

function problemOf(end: WizardAnswer): string | null {
  if (end.status === 'done' && end.error === undefined) return null;
  const error = end.error ?? '';
  return isSaved(error) ? null : error;
}

interface Paste {
  readonly sessionId: string;
  readonly stepId: string;
  readonly callbackUrl: string;
}

async function finish(connection: GatewayConnection, paste: Paste): Promise<string | null> {
  try {
    return await spend(connection, paste);
  } catch (error) {
    // Where browser and gateway share a loopback, OpenClaw's own listener may have been faster: the
    // text step is gone then, and the login stands or falls without this paste.
    if (!(error instanceof GatewayRefusal)) throw error;
    if ((await settled(connection, paste.sessionId)) === 'done') return null;
    throw error;
  }
}

async function settled(
  connection: GatewayConnection,
  sessionId: string,
): Promise<'running' | 'done' | 'failed'> {
  const deadlineMs = performance.now() + finishBudgetMs;
  for (;;) {
    const seen = await look(connection, sessionId);
    if (seen !== 'running' || performance.now() > deadlineMs) return seen;
    await pause(lookEveryMs);
  }
}

async function spend(connection: GatewayConnection, paste: Paste): Promise<string | null> {
  const { sessionId, stepId, callbackUrl } = paste;
  const deadlineMs = performance.now() + finishBudgetMs;
  const first = await connection.call(
    'wizard.next',
    { sessionId, answer: { stepId, value: callbackUrl } },
    wizardAnswer,
    { timeoutMs: finishBudgetMs },
  );
  const walk = { connection, sessionId, deadlineMs };
  const end = await advance(walk, first, (seen) => seen.type === 'text');
  // A second text step means it did not take the paste.
  return end.done ? problemOf(end) : 'callback_validation_failed';
}

async function look(
  connection: GatewayConnection,
  sessionId: string,
): Promise<'running' | 'done' | 'failed'> {
  const options = { timeoutMs: 2_000 };
  const response = await connection.exchange('wizard.status', { sessionId }, options);
  const parsed = wizardStatus.safeParse(response.payload);
  if (!response.ok || !parsed.success) return 'failed';
  if (parsed.data.status === 'running') return 'running';
  return parsed.data.status === 'done' ? 'done' : 'failed';
}
