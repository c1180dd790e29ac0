/** payapp: PayApp's feedback, through the function's own domain. One durable write, no SDK. */
import { recordNotice } from '#app/payapp/record-notice.ts';
import { connectInbox } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { serveFeedback } from '#adapters/http/feedback.ts';
import { feedbackGate } from '#adapters/payapp/feedback.ts';
import { appwriteEnv, payAppKeysEnv } from '#adapters/system/env.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { system } from '#adapters/system/system.ts';

export default (context: FunctionContext): Promise<unknown> =>
  serveFeedback(context, jsonLog, async (call, log, request) => {
    const gate = feedbackGate(payAppKeysEnv());
    const store = connectInbox(appwriteEnv(), call.key);
    return recordNotice({ ...system, gate, store, log }, request);
  });
