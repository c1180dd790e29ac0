/**
 * `npm run deploy`: compares the project with the sources, shows what would change, changes it,
 * proves that the functions answer, and says what is left to a person. Run it as often as you like.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { buildAll } from '#ops/deploy/build.ts';
import { domainTarget, stepsByHand } from '#ops/deploy/by-hand.ts';
import type { Plan } from '#ops/deploy/change.ts';
import { openDeployment, refuseLosses, strayNames } from '#ops/deploy/deploy.ts';
import type { Opened } from '#ops/deploy/deploy.ts';
import { feedbackBaseUrlOf } from '#ops/deploy/domains.ts';
import { ensureOperator, planOperator } from '#ops/deploy/operator.ts';
import { SetupError, say, step } from '#ops/deploy/output.ts';
import type { RemoteState } from '#ops/deploy/remote.ts';
import { renderLosses, renderPlan } from '#ops/deploy/render.ts';
import { smokeFunctions } from '#ops/deploy/smoke.ts';
import { root } from '#ops/deploy/stage.ts';
import { makeEnvironmentFile } from '#ops/env/init.ts';
import { defaultFile, isReadableByOthers, loadEnvironment, overridden } from '#ops/env/load.ts';
import { installationOf } from '#ops/env/schema.ts';
import type { Environment } from '#ops/env/schema.ts';
import { migrateAll, planMigrations } from '#ops/migrate/pending.ts';
import { runCommand } from './run.ts';
import { UsageError, exitCodes } from './usage.ts';

const usage =
  'Usage: npm run deploy -- [--plan] [--yes] [--confirm-loss <name>]… [--keep-tables] ' +
  '[--env <file>] [--init]';

interface Choice {
  readonly planOnly: boolean;
  readonly yes: boolean;
  readonly confirmed: readonly string[];
  readonly file: string;
  readonly init: boolean;
  readonly keepTables: boolean;
}

const choiceFrom = (args: readonly string[]): Choice => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        plan: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'confirm-loss': { type: 'string', multiple: true, default: [] },
        env: { type: 'string', default: defaultFile },
        init: { type: 'boolean', default: false },
        'keep-tables': { type: 'boolean', default: false },
      },
    });
    return {
      planOnly: values.plan,
      yes: values.yes,
      confirmed: values['confirm-loss'],
      file: values.env,
      init: values.init,
      keepTables: values['keep-tables'],
    };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};

const agreed = async ({ yes }: Choice): Promise<boolean> => {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new UsageError('There is nobody to ask here. Run it with --yes, or with --plan to look.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('\nCarry this out? [yes/no] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
};

const smoke = async (opened: Opened, feedbackBaseUrl: string): Promise<void> => {
  const results = await step('Asking every function', () =>
    smokeFunctions(opened.api, feedbackBaseUrl),
  );
  const broken = results.filter(({ ok }) => !ok);
  if (broken.length === 0) return;
  const lines = broken.map(({ functionId, says }) => `  ${functionId}: ${says}`);
  throw new SetupError(
    `Everything is deployed, but not everything answers:\n${lines.join('\n')}\n` +
      'npm run doctor says more. A domain may need its DNS entry first; see below.',
  );
};

/** Said even when the smoke failed: a missing DNS entry is the usual reason. */
const sayWhatIsLeft = async (
  opened: Opened,
  env: Environment,
  seen: { readonly remote: RemoteState; readonly feedbackBaseUrl: string },
): Promise<void> => {
  const target = await domainTarget(opened.session);
  const steps = await stepsByHand(installationOf(env), { ...seen, target });
  say('\nBy hand, once:');
  for (const each of steps) say(`  · ${each}`);
};

const carryOut = async (opened: Opened, env: Environment, choice: Choice): Promise<void> => {
  const remote =
    opened.plan.length === 0
      ? opened.remote
      : await step('Deploying with appwrite-cli', (note) => opened.apply(choice.confirmed, note));
  const operator = { email: env.OPERATOR_EMAIL, password: env.OPERATOR_PASSWORD };
  await ensureOperator(opened.api, operator);
  await migrateAll(opened.api, step, false);
  const feedbackBaseUrl = feedbackBaseUrlOf(installationOf(env), remote.rules) ?? '';
  try {
    await smoke(opened, feedbackBaseUrl);
  } finally {
    await sayWhatIsLeft(opened, env, { remote, feedbackBaseUrl });
  }
};

const decide = async (opened: Opened, env: Environment, choice: Choice): Promise<number> => {
  const { api } = opened;
  const plan: Plan = [
    ...opened.plan,
    ...(await planOperator(api, env.OPERATOR_EMAIL)),
    ...(await planMigrations(api)),
  ];
  say(`\n${renderPlan(plan)}`);
  for (const name of strayNames(plan, choice.confirmed)) {
    say(`  ! --confirm-loss ${name}: nothing of this name would be lost`);
  }
  const refused = refuseLosses(plan, choice.confirmed);
  if (refused.length > 0) {
    const options = choice.file === defaultFile ? [] : ['--env', choice.file];
    say(`\n${renderLosses(plan, options)}`);
    return exitCodes.refused;
  }
  if (choice.planOnly) return plan.length === 0 ? exitCodes.done : exitCodes.changes;
  if (plan.length > 0 && !(await agreed(choice))) {
    say('Nothing was changed.');
    return exitCodes.done;
  }
  await carryOut(opened, env, choice);
  say('\nDone. npm run doctor looks at the whole installation.');
  return exitCodes.done;
};

const run = async (args: readonly string[]): Promise<number> => {
  const choice = choiceFrom(args);
  if (choice.init) {
    makeEnvironmentFile(choice.file);
    say(
      `${choice.file} was made, with fresh keys. Fill in the rest; docs/deploy.md explains each.`,
    );
    return exitCodes.done;
  }
  const env = loadEnvironment(choice.file);
  if (isReadableByOthers(choice.file)) {
    say(`  ! ${choice.file} can be read by others on this machine: chmod 600 ${choice.file}`);
  }
  for (const name of overridden(choice.file)) {
    say(`  ! ${name} is taken from this process's environment, not from ${choice.file}`);
  }
  await step('Building functions, agent and site', () => buildAll());
  const state = join(process.env['HOSTED_STATE'] ?? join(root, '.local'), 'deployments');
  const own = join(state, env.APPWRITE_PROJECT_ID);
  const opened = await step(`Comparing with ${env.APPWRITE_ENDPOINT}`, () =>
    openDeployment({
      installation: installationOf(env),
      folder: join(own, 'stage'),
      logs: own,
      keepsTables: choice.keepTables,
    }),
  );
  try {
    return await decide(opened, env, choice);
  } finally {
    await opened.close();
  }
};

await runCommand(usage, run);
