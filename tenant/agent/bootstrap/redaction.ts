/**
 * What OpenClaw masks in what it says and writes. Guarantees: pure; the customer's own patterns and
 * all of OpenClaw's stay; what a login prints (the profile, which is an e-mail address, and the
 * address of the sign-in page with its `state`) is masked too, before it reaches the container's
 * log, which the deployer shows. Narrow on purpose: the same patterns mask what tools give the
 * customer's agent, and an agent has to see e-mail addresses.
 */
import builtIn from './redaction.json' with { type: 'json' };

/** `openai:<e-mail>`, and any page of the issuer with a query. */
export const loginPatterns: readonly string[] = [
  '(openai(?:-codex)?:[^\\s"\'<>()]+@[^\\s"\'<>()]+)',
  '(https://auth\\.openai\\.com/[^\\s"\'<>?]*\\?[^\\s"\'<>]+)',
];

/**
 * Patterns of one's own replace the built-in ones, so those are listed: the 122 of OpenClaw 2026.9.6
 * (`agent.server.test.ts` compares them with the installed version).
 */
export function redactPatterns(existing: unknown): string[] {
  const customers: unknown[] = Array.isArray(existing) ? existing : [];
  const kept = customers.filter((pattern) => typeof pattern === 'string');
  return [...new Set([...loginPatterns, ...builtIn, ...kept])];
}
