/** How a turn of the model ends. */
import type { SmokeCode, SmokeReport } from '#schemas/contract/agent.ts';

export const turnMs = 3_000;

export const endedTurn = (
  running: SmokeReport,
  code: SmokeCode,
  finishedAtMs: number,
): SmokeReport => ({
  ...running,
  code,
  nonceMatched: code === 'passed',
  ...{ provider: 'openai', model: 'gpt', latencyMs: turnMs, finishedAtMs },
});
