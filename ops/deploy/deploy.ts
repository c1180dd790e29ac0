/**
 * Brings a project from what it holds to what the sources say: compare, refuse unconfirmed losses,
 * push only what differs with appwrite-cli, then compare again; nothing may differ then. There is no
 * state between runs but the project itself, so it may be cut off anywhere and run again.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { lossesOf, ofKind, ownerOf } from './change.ts';
import type { Change, Plan } from './change.ts';
import { openCli } from './cli.ts';
import type { Cli } from './cli.ts';
import { logIn, withKey } from './connect.ts';
import type { ConsoleSession } from './connect.ts';
import { ensureDomain, feedbackBaseUrlOf, wantedDomains } from './domains.ts';
import type { Installation } from './installation.ts';
import { SetupError } from './output.ts';
import { planCode } from './plan-code.ts';
import { planDomains, planPlatforms, planSettings, planTeams } from './plan-project.ts';
import { pathOf, planTables, tablesToCount } from './plan-tables.ts';
import { prepareTables } from './prepare-tables.ts';
import { readRemote, rowCount } from './remote.ts';
import type { RemoteState } from './remote.ts';
import { redactor } from './secret.ts';
import { stage } from './stage.ts';
import type { Stage } from './stage.ts';
import { planVariables, setVariables } from './variables.ts';
import type { WantedVariables } from './variables.ts';
import { settleDeployments } from './settle.ts';

export interface Deployment {
  readonly installation: Installation;
  /** Made anew for each run and removed at its end. */
  readonly folder: string;
  /** Where the CLI's own words are kept. */
  readonly logs: string;
  /** Databases, tables, columns and indexes are neither compared nor changed: older code goes back. */
  readonly keepsTables?: boolean;
}

export type Note = (text: string) => void;

export interface Opened {
  readonly plan: Plan;
  readonly remote: RemoteState;
  /** Carries the plan out. Throws SetupError when a loss in it is not among `confirmed`. */
  apply(confirmed: readonly string[] | 'all', note: Note): Promise<RemoteState>;
  readonly api: Api;
  readonly session: ConsoleSession;
  close(): Promise<void>;
}

interface Work {
  readonly installation: Installation;
  readonly keepsTables: boolean;
  readonly staged: Stage;
  readonly cli: Cli;
  readonly api: Api;
  readonly session: ConsoleSession;
}

const read = ({ api, session, installation }: Work): Promise<RemoteState> =>
  readRemote(api, session, installation.target);

const wantedVariables = (
  { installation, staged }: Work,
  remote: RemoteState,
): readonly WantedVariables[] => {
  const values = installation.variables(feedbackBaseUrlOf(installation, remote.rules) ?? '');
  return staged.config.functions.map(({ $id: functionId }) => ({
    functionId,
    variables: values[functionId] ?? {},
    digestKey: installation.digestKey,
  }));
};

const variablesNow = (remote: RemoteState, functionId: string) =>
  remote.functions.find(({ $id }) => $id === functionId)?.variables ?? [];

const compareTables = async ({ staged, api }: Work, remote: RemoteState): Promise<Plan> => {
  const { config } = staged;
  const counted = await Promise.all(
    tablesToCount(config, remote).map(async (table) => {
      const count = await rowCount(api, table.databaseId, table.$id);
      return [pathOf(table), count] as const;
    }),
  );
  return planTables(config, remote, new Map(counted));
};

const compare = async (work: Work, remote: RemoteState): Promise<Plan> => {
  const { config, digests } = work.staged;
  return [
    ...planSettings(config, remote),
    ...planPlatforms(new URL(work.installation.siteUrl).hostname, remote),
    ...planTeams(config, remote),
    ...(work.keepsTables ? [] : await compareTables(work, remote)),
    ...planCode(config, remote, digests),
    ...wantedVariables(work, remote).flatMap((wanted) =>
      planVariables(variablesNow(remote, wanted.functionId), wanted),
    ),
    ...planDomains(wantedDomains(work.installation), remote),
  ];
};

const names = (plan: Plan): readonly string[] => plan.map(({ name }) => name);

/** Functions of which anything differs: settings, code, or variables (they need a new process). */
const touchedFunctions = (plan: Plan): readonly string[] => [
  ...new Set(ofKind(plan, 'function', 'variable').map(ownerOf)),
];

const isNew = (change: Change): boolean => change.sign === 'create';

const pushProject = async (work: Work, plan: Plan, note: Note): Promise<void> => {
  const { cli, staged, session, installation } = work;
  staged.narrow({});
  if (ofKind(plan, 'setting').length > 0) {
    note('settings');
    await cli.push('settings');
  }
  for (const { name: hostname } of ofKind(plan, 'platform')) {
    note(`platform ${hostname}`);
    const platform = { type: 'web', name: hostname, hostname };
    await session.console.send(
      'POST',
      `/projects/${installation.target.projectId}/platforms`,
      platform,
    );
  }
  if (ofKind(plan, 'team').length > 0) {
    note('teams');
    await cli.push('teams');
  }
};

const pushTables = async (work: Work, remote: RemoteState, note: Note): Promise<void> => {
  note('tables');
  await prepareTables(work.api, work.staged.config, remote.tables);
  work.staged.narrow({});
  await work.cli.push('tables');
};

/**
 * Variables come before the code that needs them, so a new function is made first without any. Its
 * domain is known then, which other functions are told.
 */
const pushFunctions = async (work: Work, plan: Plan, note: Note): Promise<void> => {
  const made = names(ofKind(plan, 'function').filter(isNew));
  if (made.length > 0) {
    note(`functions ${made.join(', ')}`);
    work.staged.narrow({ functions: made });
    await work.cli.push('functions', '--no-code');
  }
  await ensureDomains(work, 'function');
  const remote = await read(work);
  const late = await compare(work, remote);
  const touched = touchedFunctions(late);
  for (const wanted of wantedVariables(work, remote)) {
    if (!ofKind(late, 'variable').some((each) => ownerOf(each) === wanted.functionId)) continue;
    note(`variables of ${wanted.functionId}`);
    await setVariables(work.api, variablesNow(remote, wanted.functionId), wanted);
  }
  if (touched.length === 0) return;
  note(`code of ${touched.join(', ')}`);
  work.staged.narrow({ functions: touched });
  await work.cli.push('functions');
};

const pushSite = async (work: Work, plan: Plan, note: Note): Promise<void> => {
  const touched = names(ofKind(plan, 'site'));
  if (touched.length > 0) {
    note('site');
    work.staged.narrow({ sites: touched });
    await work.cli.push('sites');
  }
  await ensureDomains(work, 'site');
};

const ensureDomains = async (work: Work, resource: 'function' | 'site'): Promise<void> => {
  for (const wanted of wantedDomains(work.installation)) {
    if (wanted.resource === resource) await ensureDomain(work.api, wanted);
  }
};

export const refuseLosses = (plan: Plan, confirmed: readonly string[] | 'all'): Plan =>
  confirmed === 'all' ? [] : lossesOf(plan).filter(({ name }) => !confirmed.includes(name));

/** Confirmed, but not lost by this plan: misspelt, or done before. */
export const strayNames = (plan: Plan, confirmed: readonly string[]): readonly string[] =>
  confirmed.filter((each) => !lossesOf(plan).some(({ name }) => name === each));

const requireSame = (plan: Plan): void => {
  if (plan.length === 0) return;
  const left = plan.slice(0, 10).map(({ kind, name, detail }) => `  ${kind} ${name} ${detail}`);
  throw new SetupError(
    'The project still differs from the sources after the push; appwrite-cli did not do all of ' +
      `it:\n${left.join('\n')}\nRun the same command again; the CLI's own words are in its log.`,
  );
};

const applyPlan = async (work: Work, plan: Plan, note: Note): Promise<RemoteState> => {
  await pushProject(work, plan, note);
  if (ofKind(plan, 'database', 'table', 'column', 'index').length > 0) {
    await pushTables(work, await read(work), note);
  }
  if (ofKind(plan, 'function', 'variable', 'domain').length > 0) {
    await pushFunctions(work, plan, note);
  }
  if (ofKind(plan, 'site', 'domain').length > 0) await pushSite(work, plan, note);
  note('verifying');
  await settleDeployments(work.api, work.staged.config);
  const remote = await read(work);
  requireSame(await compare(work, remote));
  note('');
  return remote;
};

/** Logs in, stages and compares. `close` ends the session and removes the folder. */
export const openDeployment = async (deployment: Deployment): Promise<Opened> => {
  const { installation, folder, logs, keepsTables = false } = deployment;
  const { target } = installation;
  mkdirSync(logs, { recursive: true });
  const session = await logIn(target);
  const close = async (staged?: Stage): Promise<void> => {
    staged?.remove();
    await session.end();
  };
  let staged: Stage | undefined;
  try {
    staged = await stage(folder, installation);
    const redact = redactor([...installation.secrets, session.cookie]);
    const log = join(logs, 'appwrite-cli.log');
    const cli = openCli({ folder, log, target, session, redact });
    const api = withKey(target);
    const work = { installation, keepsTables, staged, cli, api, session };
    const remote = await read(work);
    const plan = await compare(work, remote);
    const apply: Opened['apply'] = async (confirmed, note) => {
      const refused = refuseLosses(plan, confirmed);
      if (refused.length > 0) throw new SetupError(`Not confirmed: ${names(refused).join(', ')}.`);
      return plan.length === 0 ? remote : applyPlan(work, plan, note);
    };
    return { plan, remote, apply, api, session, close: () => close(staged) };
  } catch (error) {
    await close(staged);
    throw error;
  }
};
