/** What benches of the whole product share. Progress goes to stderr: stdout belongs to the figures. */
import { Functions, ProjectKeyScopes } from 'node-appwrite';
import type { TestProduct } from '#tests/support/product.ts';

export const note = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Starting says its steps on stdout, which here belongs to the figures. */
export const withStepsAside = async <T>(work: () => Promise<T>): Promise<T> => {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
};

/** An update forgets what it is not told, so everything is said again. */
export const switchReconciler = async (
  product: TestProduct,
  enabled: boolean,
  wanted?: readonly string[],
): Promise<void> => {
  const functions = new Functions(product.admin.client);
  const functionId = 'reconcile';
  const now = await functions.get({ functionId });
  const { name, execute, schedule, timeout, logging, entrypoint, commands } = now;
  const events = [...(wanted ?? now.events)];
  const kept = { name, execute, events, schedule, timeout, logging, entrypoint, commands };
  const scopes = Object.values(ProjectKeyScopes).filter((scope) => now.scopes.includes(scope));
  await functions.update({ functionId, ...kept, scopes, enabled });
};
