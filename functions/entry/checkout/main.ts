/** checkout: members of a workspace; opens an order, renews a runtime or a pay link, cancels. */
import type { FunctionContext } from '#adapters/http/context.ts';
import { serve } from '#adapters/http/serve.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { routes } from './routes.ts';

export default (context: FunctionContext): Promise<unknown> => serve(context, jsonLog, routes);
