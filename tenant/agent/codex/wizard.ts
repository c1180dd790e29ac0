/**
 * Drives OpenClaw's login wizard (`models.authLogin`, `wizard.next`) on one connection.
 * Guarantees: bounded steps and time; only an authorize URL of the real issuer is passed on; when
 * the connection closes, OpenClaw ends the login and frees its one slot.
 */
import { randomUUID } from 'node:crypto';
import { pause } from '../deadline.ts';
import type { WizardAnswer } from '#schemas/wire/openclaw.ts';
import { wizardAnswer, wizardStatus } from '#schemas/wire/openclaw.ts';
import type { GatewayConnection } from '../openclaw/connection.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';

export const issuerOrigin = 'https://auth.openai.com';
const authChoice = 'openai/openai';
/** Notes and progress before the paste: five were seen. */
const maxSteps = 20;
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

/** Throws the gateway's errors, or `GatewayTransportError` when the wizard makes no sense. */
export async function startLogin(connection: GatewayConnection): Promise<LoginWizard> {
  const sessionId = randomUUID();
  const deadlineMs = performance.now() + startBudgetMs;
  const started = await connection.call(
    'models.authLogin',
    { sessionId, authChoice },
    wizardAnswer,
    { timeoutMs: startBudgetMs },
  );
  const paste = await advance(connection, { sessionId, deadlineMs, answer: started });
  const { step } = paste;
  if (paste.done || step === undefined) throw new GatewayTransportError('nonsense');
  const authorize = readAuthorizeUrl(step.externalUrl);
  return {
    ...authorize,
    finish: async (callbackUrl) => finish(connection, { sessionId, stepId: step.id, callbackUrl }),
    look: async () => look(connection, sessionId),
  };
}

interface Advance {
  readonly sessionId: string;
  readonly deadlineMs: number;
  readonly answer: WizardAnswer;
}

/** Walks over notes and progress until a text step asks for something, or the end. */
async function advance(connection: GatewayConnection, walk: Advance): Promise<WizardAnswer> {
  let { answer } = walk;
  for (let count = 0; count < maxSteps; count += 1) {
    if (answer.done || answer.step?.type === 'text') return answer;
    const timeoutMs = Math.max(1, walk.deadlineMs - performance.now());
    const acknowledged =
      answer.step === undefined ? {} : { answer: { stepId: answer.step.id, value: null } };
    answer = await connection.call(
      'wizard.next',
      { sessionId: walk.sessionId, ...acknowledged },
      wizardAnswer,
      { timeoutMs },
    );
  }
  throw new GatewayTransportError('nonsense');
}

function readAuthorizeUrl(
  externalUrl: string | undefined,
): Pick<LoginWizard, 'authorizeUrl' | 'state' | 'redirectUri'> {
  if (externalUrl === undefined || !URL.canParse(externalUrl)) {
    throw new GatewayTransportError('nonsense');
  }
  const url = new URL(externalUrl);
  const state = url.searchParams.get('state') ?? '';
  const redirectUri = url.searchParams.get('redirect_uri') ?? '';
  const isIssuer = url.origin === issuerOrigin && url.pathname === '/oauth/authorize';
  const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1):1455\/auth\/callback$/.test(redirectUri);
  // The gateway is the tenant's: a page of its own choosing must not reach the customer's browser.
  if (!isIssuer || !isLoopback || state.length < 8) throw new GatewayTransportError('nonsense');
  return { authorizeUrl: url.href, state, redirectUri };
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
  const deadlineMs = performance.now() + finishBudgetMs;
  const first = await connection.call(
    'wizard.next',
    { sessionId: paste.sessionId, answer: { stepId: paste.stepId, value: paste.callbackUrl } },
    wizardAnswer,
    { timeoutMs: finishBudgetMs },
  );
  const { sessionId } = paste;
  const end = await advance(connection, { sessionId, deadlineMs, answer: first });
  // A second text step means it did not take the paste.
  if (!end.done) return 'callback_validation_failed';
  return end.status === 'done' && end.error === undefined ? null : (end.error ?? '');
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
