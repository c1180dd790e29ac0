/** Asks the tenant's own agent about recovery key and bucket; apart, so that the flow is without it. */
import { offsiteAnswer } from '#schemas/contract/agent-offsite.ts';
import type { OffsiteAnswer, OffsiteRequest } from '#schemas/contract/agent-offsite.ts';
import { askAgent } from './agent.ts';
import type { AgentOutcome } from './agent.ts';

/** Trying a bucket takes as long as that bucket takes. */
export const askOffsite = (
  endpoint: string,
  ticket: string,
  body: OffsiteRequest,
): Promise<AgentOutcome<OffsiteAnswer>> =>
  askAgent({ endpoint, ticket, body, shape: offsiteAnswer });
