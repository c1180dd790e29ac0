/** account: signed-in users, about themselves. Deleting an account, and what stands in its way. */
import * as z from 'zod/mini';
import { email, id } from './common.ts';
import { operation } from './operation.ts';

/**
 * runtime: not deleted yet. order: being paid, or its money is on the way back. members: somebody
 * else is there, and nobody of them owns it. Each names what it is about.
 */
export const deletionObstacles = ['runtime', 'order', 'members'] as const;
export type DeletionObstacle = (typeof deletionObstacles)[number];

const workspace = z.object({ workspaceId: id, name: z.string() });

/** What deleting would do now: read before anything is asked, and again after a refusal. */
export const surveyDeletion = operation({
  function: 'account',
  path: '/deletion',
  body: z.object({}),
  value: z.object({
    obstacles: z.array(
      z.object({
        kind: z.enum(deletionObstacles),
        workspaceId: id,
        workspaceName: z.string(),
        /** The runtime's, the order's; of `members` the workspace's own. */
        subjectId: id,
        name: z.string(),
      }),
    ),
    /** Nobody else is there: they go with the account. */
    removed: z.array(workspace),
    /** Others own them: they stay, without this person. */
    left: z.array(workspace),
  }),
});

/**
 * Deletes the caller's account. The password is asked anew, the e-mail is typed as confirmation.
 * Once begun it is finished, by asking again or by itself. `finished`: nothing is left to do.
 */
export const deleteAccount = operation({
  function: 'account',
  path: '/delete',
  body: z.object({ email, password: z.string().check(z.minLength(1), z.maxLength(256)) }),
  value: z.object({ finished: z.boolean() }),
});
