/** runtime: guarded commands of members, and the tickets their browsers take to the tenant. */
import type { FunctionContext } from '#adapters/http/context.ts';
import { serve } from '#adapters/http/serve.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { routes } from './routes.ts';

export default (context: FunctionContext): Promise<unknown> => serve(context, jsonLog, routes);
