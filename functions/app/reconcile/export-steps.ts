/** Whether a suspended runtime can be exported now: its agent, started alone, says so itself. */
import { agentReason } from './observe.ts';
import { advanced, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

/** What else it says is of no interest: without a gateway nothing is proven, and nothing is lost. */
export const observeExport = async ({ deps, row, ...work }: Work): Promise<Outcome> => {
  const { facts } = work;
  const seen = await deps.agent.state({ runtimeId: row.id, host: row.host });
  const { observedAt } = seenNow({ deps, row, ...work });
  if (seen.kind !== 'ok') {
    return advanced({
      ...facts,
      export: { ...facts.export, observedAt, error: agentReason(seen) },
    });
  }
  deps.log.info('runtime.export_open', { runtimeId: row.id, until: row.exportUntil });
  return advanced({
    ...facts,
    export: { ...facts.export, observedAt, error: null, answers: true },
  });
};
