/** workspaces: signed-in users. A workspace is the billing and access boundary. */
import * as z from 'zod/mini';
import { displayName, id, planKey, subdomainText } from './common.ts';
import { operation } from './operation.ts';

/** Said at the field while typing: free, or the code that says why not. */
export const checkSubdomain = operation({
  function: 'workspaces',
  path: '/check-subdomain',
  body: z.object({ subdomain: subdomainText }),
  value: z.object({
    subdomain: z.string(),
    available: z.boolean(),
    reason: z.nullable(z.enum(['subdomain_invalid', 'subdomain_reserved', 'subdomain_taken'])),
  }),
});

/** Idempotent by (user, subdomain): the same user asking again gets the same workspace. */
export const createWorkspace = operation({
  function: 'workspaces',
  path: '/create',
  body: z.object({ name: displayName, subdomain: subdomainText, planKey }),
  value: z.object({ workspaceId: id, subdomain: z.string(), host: z.string() }),
});
