/** operator: label `operator`, the console, or a key. */
import type { FunctionContext } from '#adapters/http/context.ts';
import { serve } from '#adapters/http/serve.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { routes } from './routes.ts';

/** Answers are read by people as they come, in the console and on a terminal. */
const indent = 2;

export default (context: FunctionContext): Promise<unknown> =>
  serve(context, jsonLog, routes, indent);
