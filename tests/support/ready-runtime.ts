/** A runtime as its owner gets one: ordered, paid, Codex linked, and proven by a real turn. */
import {
  authorize,
  beginCodex,
  handOver,
  lookAgain,
  order,
  payByCard,
  smoke,
  waitForRuntime,
} from '#local/customer/customer.ts';
import type { Owner, TestProduct } from './product.ts';

export interface ReadyRuntime {
  readonly orderId: string;
  readonly runtimeId: string;
}

/** `within`: ms that each wait for a status may take. Throws when one does not come, or the login fails. */
export const makeReady = async (
  product: TestProduct,
  { customer, workspaceId }: Owner,
  { name, within }: { readonly name: string; readonly within: number },
): Promise<ReadyRuntime> => {
  const { orderId, runtimeId, payUrl } = await order(customer, workspaceId, name);
  await payByCard(payUrl);
  const until = (...statuses: readonly string[]) =>
    waitForRuntime(customer, runtimeId, {
      within,
      until: ({ status }) => statuses.includes(status),
    });
  await until('auth_required');
  const login = await beginCodex(customer, runtimeId);
  const end = await handOver(login, await authorize(login), product.world.siteUrl);
  if (end !== 'linked') throw new Error(`the login ended with ${end}`);
  await lookAgain(customer, runtimeId);
  await until('running', 'ready');
  await smoke(customer, runtimeId);
  await until('ready');
  return { orderId, runtimeId };
};
