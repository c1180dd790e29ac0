/** What the open-runtimes server hands to a function, as far as we use it. */

export interface FunctionRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. Everything a client may send can be in here, in any spelling of ours too. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body, byte-exact for text. */
  readonly bodyText: string;
}

export interface FunctionResponse {
  json(value: object, status?: number, headers?: Record<string, string>): unknown;
  text(body: string, status?: number, headers?: Record<string, string>): unknown;
}

export interface FunctionContext {
  readonly req: FunctionRequest;
  readonly res: FunctionResponse;
  readonly log: (line: string) => void;
  readonly error: (line: string) => void;
}

/** One execution as Appwrite itself describes it; the client cannot set these. */
export interface Call {
  readonly correlationId: string;
  /** Key of this execution, with the function's scopes alone. */
  readonly key: string;
  /** '' unless a signed-in user started the execution through the API. */
  readonly userJwt: string;
  readonly trigger: 'http' | 'schedule' | 'event' | 'unknown';
}

const plainId = /^[A-Za-z0-9._-]{1,64}$/;
const triggers = ['http', 'schedule', 'event'] as const;

export const callOf = (request: FunctionRequest): Call => {
  const header = (name: string): string => request.headers[name] ?? '';
  const executionId = header('x-appwrite-execution-id');
  return {
    correlationId: plainId.test(executionId) ? executionId : 'none',
    key: header('x-appwrite-key'),
    userJwt: header('x-appwrite-user-jwt'),
    trigger: triggers.find((trigger) => trigger === header('x-appwrite-trigger')) ?? 'unknown',
  };
};
