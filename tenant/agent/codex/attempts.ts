/**
 * The Codex login of this runtime: one attempt at a time, by paste or by device code.
 * Guarantees: a new start of either kind ends the old attempt; an attempt ends by its deadline, by
 * its connection or by its outcome, is remembered with its reason, and frees OpenClaw's slot then;
 * a wrong paste leaves it standing; the same callback sent twice is spent once; code, state and
 * verifier live in this process only.
 */
import { randomUUID } from 'node:crypto';
import type {
  AgentErrorCode,
  CodexDeviceAnswer,
  CodexStartAnswer,
  EndedAttempt,
} from '#schemas/contract/agent.ts';
import { AgentFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import { pause } from '../deadline.ts';
import { GatewayRefusal, GatewayTransportError } from '../openclaw/failures.ts';
import type { Gateway, OpenedGateway } from '../openclaw/gateway.ts';
import { asAgentFailure } from '../openclaw/gateway.ts';
import type { GatewayConnection } from '../openclaw/connection.ts';
import { inspectCallback } from './callback.ts';
import { loginProblem } from './outcome.ts';
import type { LoginRecord } from './record.ts';
import type { DeviceWizard, LoginKind, LoginWizard } from './wizard.ts';
import { issuerOrigin, startDeviceLogin, startLogin } from './wizard.ts';

/** OpenClaw gives up after 25 minutes; ending first keeps the reason ours. */
const pasteLifeMs = 20 * 60 * 1000;
/** A device code dies by itself, and OpenClaw says so; this is for an OpenClaw that does not. */
const deviceGraceMs = 30_000;
/** A closed connection frees the login slot a moment later. */
const slotWaitMs = 3_000;
const slotRetryMs = 150;

interface Attempt {
  readonly id: string;
  readonly kind: LoginKind;
  readonly expiresAtMs: number;
  readonly opened: OpenedGateway;
  readonly timer: NodeJS.Timeout;
  /** Null for a device code: there is nothing to paste. */
  readonly paste: LoginWizard | null;
  /** Set while the callback is being exchanged. */
  finishing: Promise<string | null> | null;
}

export interface AttemptView {
  readonly attemptId: string;
  readonly expiresAtMs: number;
}

export interface CodexLoginOptions {
  readonly gateway: Gateway;
  readonly record: LoginRecord;
  /** Replaces the issuer's origin in what the person is shown; null in production. */
  readonly authorizeOrigin: string | null;
  readonly now: () => number;
  readonly log: Log;
  /** Called at every ending: what was known about the login may be outdated. */
  readonly onEnded?: () => void;
}

export class CodexLogin {
  readonly #options: CodexLoginOptions;
  #current: Attempt | null = null;
  #pasteStart: Promise<CodexStartAnswer> | null = null;
  #deviceStart: Promise<CodexDeviceAnswer> | null = null;
  /** Starts run one after another: there is one slot. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CodexLoginOptions) {
    this.#options = options;
  }

  /** A running start is shared: two clicks give one attempt. */
  async start(): Promise<CodexStartAnswer> {
    this.#pasteStart ??= this.#inTurn(async () => this.#startPaste()).finally(() => {
      this.#pasteStart = null;
    });
    return this.#pasteStart;
  }

  /** As `start`; the wizard then runs on until the person has agreed, or an end. */
  async startDevice(): Promise<CodexDeviceAnswer> {
    this.#deviceStart ??= this.#inTurn(async () => this.#startDevice()).finally(() => {
      this.#deviceStart = null;
    });
    return this.#deviceStart;
  }

  view(): AttemptView | null {
    const attempt = this.#current;
    return attempt && { attemptId: attempt.id, expiresAtMs: attempt.expiresAtMs };
  }

  /**
   * Notices a login that OpenClaw finished by itself; bounded, never throws. A look that fails says
   * nothing: the loss of the connection ends the attempt, not a slow answer.
   */
  async settle(): Promise<void> {
    const attempt = this.#current;
    if (attempt?.paste == null || attempt.finishing !== null) return;
    const seen = await attempt.paste.look().catch(() => 'running' as const);
    if (seen === 'running' || this.#current !== attempt) return;
    await (seen === 'done'
      ? this.#end(attempt, 'linked')
      : this.#end(attempt, 'failed', 'codex_code_rejected'));
  }

  /** Resolves when the login stands; otherwise throws `AgentFailure` with a `codex_*` code. */
  async finish(attemptId: string, pasted: string): Promise<void> {
    await this.settle();
    const attempt = this.#current;
    if (attempt?.id !== attemptId) {
      this.#answerForEnded(attemptId);
      return;
    }
    if (attempt.paste === null) throw new AgentFailure('codex_wrong_attempt', false);
    const { state, redirectUri, authorizeUrl } = attempt.paste;
    const inspected = inspectCallback(pasted, {
      state,
      redirectUri,
      authorizeOrigins: [issuerOrigin, new URL(this.#shown(authorizeUrl)).origin],
    });
    if (!inspected.ok) throw new AgentFailure(inspected.code, false);
    attempt.finishing ??= this.#spend(attempt, attempt.paste, inspected.callbackUrl);
    await this.#conclude(attempt, attempt.finishing);
  }

  async close(): Promise<void> {
    if (this.#current) await this.#end(this.#current, 'lost');
  }

  async #inTurn<T>(start: () => Promise<T>): Promise<T> {
    const started = this.#turn.then(start);
    this.#turn = started.catch(() => undefined);
    return started;
  }

  async #startPaste(): Promise<CodexStartAnswer> {
    const { opened, wizard } = await this.#open(startLogin);
    const attempt = await this.#adopt({ kind: 'paste', opened, paste: wizard }, pasteLifeMs);
    const { id: attemptId, expiresAtMs } = attempt;
    return { attemptId, authorizeUrl: this.#shown(wizard.authorizeUrl), expiresAtMs };
  }

  async #startDevice(): Promise<CodexDeviceAnswer> {
    const { opened, wizard } = await this.#open(startDeviceLogin);
    const attempt = await this.#adopt({ kind: 'device', opened, paste: null }, wizard.lifeMs);
    void this.#follow(attempt, wizard);
    const { id: attemptId, expiresAtMs } = attempt;
    const { userCode } = wizard;
    return {
      attemptId,
      verificationUrl: this.#shown(wizard.verificationUrl),
      userCode,
      expiresAtMs,
    };
  }

  async #open<T>(
    begin: (connection: GatewayConnection) => Promise<T>,
  ): Promise<{ opened: OpenedGateway; wizard: T }> {
    if (this.#current) await this.#end(this.#current, 'replaced');
    const opened = await this.#options.gateway.openOwn().catch((error: unknown) => {
      throw asAgentFailure(error);
    });
    try {
      return { opened, wizard: await whenSlotIsFree(async () => begin(opened.connection)) };
    } catch (error) {
      opened.connection.close();
      this.#options.log('codex_start_failed', { kind: kindOf(error) });
      throw isSlotBusy(error) || isTooOften(error)
        ? new AgentFailure('codex_busy')
        : asAgentFailure(error);
    }
  }

  async #adopt(
    { kind, opened, paste }: Pick<Attempt, 'kind' | 'opened' | 'paste'>,
    lifeMs: number,
  ): Promise<Attempt> {
    const id = randomUUID();
    const expiresAtMs = this.#options.now() + lifeMs;
    const expire = (): void => void this.#end(attempt, 'expired', 'codex_attempt_expired');
    const timer = setTimeout(expire, lifeMs + (kind === 'device' ? deviceGraceMs : 0));
    timer.unref();
    const attempt: Attempt = { id, kind, expiresAtMs, opened, timer, paste, finishing: null };
    this.#current = attempt;
    void opened.connection.closed.then(async () => this.#end(attempt, 'lost'));
    await this.#options.record.begin(id, kind === 'device');
    this.#options.log('codex_login_started', { attempt: id, kind });
    return attempt;
  }

  async #spend(attempt: Attempt, paste: LoginWizard, url: string): Promise<string | null> {
    await this.#options.record.begin(attempt.id, true);
    return paste.finish(url);
  }

  /** Runs in the background; the end is read from `state`. Never rejects. */
  async #follow(attempt: Attempt, wizard: DeviceWizard): Promise<void> {
    attempt.finishing = wizard.follow();
    await this.#conclude(attempt, attempt.finishing).catch(() => undefined);
  }

  async #conclude(attempt: Attempt, finishing: Promise<string | null>): Promise<void> {
    let wizardError: string | null;
    try {
      wizardError = await finishing;
    } catch (error) {
      this.#options.log('codex_finish_broke', { kind: errorKind(error) });
      const isLost = error instanceof GatewayTransportError && error.reason === 'lost';
      if (isLost) await this.#end(attempt, 'lost');
      else await this.#end(attempt, 'failed', 'codex_upstream_unavailable', true);
      throw new AgentFailure('codex_upstream_unavailable', true);
    }
    if (wizardError === null) {
      await this.#end(attempt, 'linked');
      return;
    }
    const code = loginProblem(wizardError);
    await this.#end(attempt, code === 'codex_attempt_expired' ? 'expired' : 'failed', code);
    throw new AgentFailure(code, true);
  }

  #answerForEnded(attemptId: string): void {
    const { ended } = this.#options.record;
    if (ended?.attemptId !== attemptId) throw new AgentFailure('codex_attempt_unknown', true);
    if (ended.ending === 'linked') return;
    const expired = ended.ending === 'expired';
    throw new AgentFailure(expired ? 'codex_attempt_expired' : 'codex_attempt_unknown', true);
  }

  /** Of several endings of one attempt the first counts; `unknown`: a login may have been made. */
  async #end(
    attempt: Attempt,
    ending: EndedAttempt['ending'],
    code: AgentErrorCode | null = null,
    unknown = false,
  ): Promise<void> {
    if (this.#current !== attempt) return;
    this.#current = null;
    clearTimeout(attempt.timer);
    attempt.opened.connection.close();
    this.#options.log('codex_login_ended', { attempt: attempt.id, ending, code });
    const isCutOff = (ending === 'lost' || ending === 'replaced') && attempt.finishing !== null;
    // Together with the record's own change, so that no reader gets this ending with an older login.
    this.#options.onEnded?.();
    await this.#options.record.end({ attemptId: attempt.id, ending, code }, unknown || isCutOff);
  }

  /** A page of the issuer as the person gets it. */
  #shown(issuerUrl: string): string {
    const { authorizeOrigin } = this.#options;
    if (authorizeOrigin === null) return issuerUrl;
    const { pathname, search } = new URL(issuerUrl);
    return new URL(`${pathname}${search}`, authorizeOrigin).href;
  }
}

async function whenSlotIsFree<T>(begin: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + slotWaitMs;
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      if (!isSlotBusy(error) || performance.now() > deadlineMs) throw error;
      await pause(slotRetryMs);
    }
  }
}

function kindOf(error: unknown): string {
  return error instanceof AgentFailure ? error.code : errorKind(error);
}

function isTooOften(error: unknown): boolean {
  return error instanceof GatewayRefusal && error.isRateLimited;
}

function isSlotBusy(error: unknown): boolean {
  return error instanceof GatewayRefusal && error.detail === 'SETUP_ADMISSION_BUSY';
}
