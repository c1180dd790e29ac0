/** workspaces: signed-in users; claims a subdomain, makes team and workspace, and keeps its members. */
import type { FunctionContext } from '#adapters/http/context.ts';
import { serve } from '#adapters/http/serve.ts';
import { jsonLog } from '#adapters/system/log.ts';
import { routes } from './routes.ts';

export default (context: FunctionContext): Promise<unknown> => serve(context, jsonLog, routes);
