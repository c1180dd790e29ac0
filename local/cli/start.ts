/** `npm start`: the whole product on this machine, until Ctrl-C. */
import { defaultPlaces } from '../supervisor/paths.ts';
import { configuredPorts } from '../supervisor/ports.ts';
import { startProduct } from '../supervisor/product.ts';
import type { Product } from '../supervisor/product.ts';
import { SetupError, say } from '../supervisor/output.ts';

const interrupted = (): Promise<'asked'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve('asked'));
    }
  });

const announce = (product: Product, invite: string): void => {
  const { world, secrets } = product;
  say('');
  say('Hosted Dedicated is running on this machine. No money moves, nothing leaves it.');
  say('');
  say(`  Site      ${world.siteUrl}/#invite=${invite}`);
  say(`  Invite    ${invite}  (works once; the operator page makes more)`);
  say(`  Operator  ${world.siteUrl}/operator`);
  say(`            ${world.operatorEmail} / ${secrets.operatorPassword}`);
  say(`  Mailbox   ${world.mailUrl}`);
  say(`  PayApp    ${world.payappUrl}   Dokploy ${world.dokployUrl}   OpenAI ${world.openaiUrl}`);
  say(`  Bucket    ${world.bucketUrl}  (for copies of backups; says what to fill in)`);
  say('');
  say('Stop with Ctrl-C. State and logs are in .local/; `npm run reset` drops the state.');
};

export const run = async (): Promise<number> => {
  const stopAsked = interrupted();
  const starting = startProduct(defaultPlaces, configuredPorts());
  const product = await Promise.race([starting, stopAsked]);
  if (product === 'asked') {
    say('\nInterrupted while starting; nothing keeps running.');
    // Parts that are up end with this process: each watches the pipe it holds (orphan-guard).
    process.exit(130);
  }
  try {
    announce(product, await product.invite('npm start'));
    const end = await Promise.race([stopAsked, ...product.parts.map((part) => part.died)]);
    if (end === 'asked') {
      say('\nStopping …');
      return 0;
    }
    throw new SetupError(`${end}. Its log is in .local/logs.`);
  } finally {
    await product.stop();
  }
};
