/** What is deployed: tables and indexes, functions, their variables, the cron, the site. */
import * as z from 'zod/mini';
import { reach } from '#ops/deploy/api.ts';
import { fieldDifferences } from '#ops/deploy/change.ts';
import { feedbackBaseUrlOf } from '#ops/deploy/domains.ts';
import { functionFields } from '#ops/deploy/plan-code.ts';
import { planTables } from '#ops/deploy/plan-tables.ts';
import { listFunctions, rulesOf, tablesOf, variablesOf } from '#ops/deploy/remote.ts';
import { smokeFunctions } from '#ops/deploy/smoke.ts';
import { ourConfig } from '#ops/deploy/stage.ts';
import { planVariables } from '#ops/deploy/variables.ts';
import { pendingMigrations, titleOf } from '#ops/migrate/pending.ts';
import type { Check, Context } from '../finding.ts';
import { deployAgain, failure, judge, ok, warning } from '../finding.ts';

const shownAtMost = 5;

const some = (texts: readonly string[]): string =>
  texts.length <= shownAtMost
    ? texts.join(', ')
    : `${texts.slice(0, shownAtMost).join(', ')} and ${String(texts.length - shownAtMost)} more`;

const tables: Check = {
  id: 'tables',
  look: async ({ api }) => {
    const changes = planTables(ourConfig(), await tablesOf(api));
    const says = changes.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`);
    return [
      judge(
        changes.length === 0,
        ok('tables', 'tables, columns and indexes are as in schemas/tables'),
        failure('tables', `to ${some(says)}`, `${deployAgain} -- --plan`),
      ),
    ];
  },
};

const functions: Check = {
  id: 'functions.deployed',
  look: async ({ api }) => {
    const found = await listFunctions(api);
    return ourConfig().functions.map((wanted) => {
      const id = `functions.deployed.${wanted.$id}`;
      const there = found.find(({ $id }) => $id === wanted.$id);
      if (there === undefined) return failure(id, 'there is no such function', deployAgain);
      const { deploymentId, latestDeploymentStatus: status } = there;
      if (deploymentId === '' || status !== 'ready') {
        return failure(
          id,
          `its last deployment is ${status === '' ? 'missing' : status}`,
          deployAgain,
        );
      }
      const differing = fieldDifferences(functionFields, there, wanted);
      if (differing.length > 0) return failure(id, differing.join(', '), deployAgain);
      if (!there.live) return warning(id, 'what was set since does not act yet', deployAgain);
      return ok(id, 'deployed as in appwrite.json');
    });
  },
};

const variables: Check = {
  id: 'functions.variables',
  look: async ({ api, installation }) => {
    const rules = await rulesOf(api);
    const values = installation.variables(feedbackBaseUrlOf(installation, rules) ?? '');
    return Promise.all(
      Object.entries(values).map(async ([functionId, wanted]) => {
        const id = `functions.variables.${functionId}`;
        const { digestKey } = installation;
        const changes = planVariables(await variablesOf(api, functionId), {
          ...{ functionId, variables: wanted, digestKey },
        });
        const says = changes.map(({ sign, name }) => {
          const word = { create: 'is missing', change: 'differs from .env', destroy: 'is stray' };
          return `${name.split('/')[1] ?? name} ${word[sign]}`;
        });
        return judge(
          changes.length === 0,
          ok(id, `${String(Object.keys(wanted).length)} variables as in .env`),
          failure(id, some(says), deployAgain),
        );
      }),
    );
  },
};

const answers: Check = {
  id: 'functions.answer',
  look: async ({ api, installation }) => {
    const feedback = feedbackBaseUrlOf(installation, await rulesOf(api)) ?? '';
    const results = await smokeFunctions(api, feedback);
    return results.map(({ functionId, ok: answered, says }) => {
      const isProbe = functionId === 'payapp';
      const id = isProbe ? 'payapp.probe' : `functions.answer.${functionId}`;
      const fix = isProbe
        ? 'PayApp cannot tell us of payments. DNS and domain of the payapp function: docs/deploy.md.'
        : `Appwrite → Functions → ${functionId} → Executions says why.`;
      const good = isProbe ? `${feedback} answers PayApp's probe` : 'answers as it should';
      return judge(answered, ok(id, good), failure(id, says, fix));
    });
  },
};

const executions = z.object({
  executions: z.array(
    z.object({ $createdAt: z.string(), status: z.string(), trigger: z.string() }),
  ),
});

const sweepEveryMs = 60_000;
/** Two minutes may be missed while a server restarts. */
const lateAfterMs = 4 * sweepEveryMs;

const cron: Check = {
  id: 'reconcile.cron',
  look: async ({ api, now }) => {
    const id = 'reconcile.cron';
    const newest = [
      { method: 'equal', attribute: 'trigger', values: ['schedule'] },
      { method: 'orderDesc', attribute: '$createdAt' },
      { method: 'limit', values: [1] },
    ];
    const found = executions.parse(await api.get('/functions/reconcile/executions', newest));
    const [last] = found.executions;
    const fix =
      'Wait a minute after a first deploy. Without it nothing is retried: Appwrite → Functions → ' +
      'reconcile must have the schedule * * * * *';
    if (last === undefined) return [failure(id, 'the minute sweep has never run', fix)];
    const age = now() - Date.parse(last.$createdAt);
    const says = `the last minute sweep was ${String(Math.round(age / 1_000))} s ago`;
    if (age > lateAfterMs) return [failure(id, says, fix)];
    if (last.status === 'failed') {
      return [failure(id, 'the last minute sweep failed', 'Its execution in Appwrite says why.')];
    }
    return [ok(id, says)];
  },
};

const siteConfig = z.object({ endpoint: z.string(), projectId: z.string() });

const siteAnswer = async ({ installation }: Context) => {
  const { status, body } = await reach(`${installation.siteUrl}/config.json`);
  const parsed = siteConfig.safeParse(status === 200 ? safeJson(body) : undefined);
  return { status, config: parsed.data };
};

const safeJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

const site: Check = {
  id: 'site',
  look: async (context) => {
    const { siteUrl, apiUrl, target } = context.installation;
    const { status, config } = await siteAnswer(context);
    const fix = `${deployAgain}; the domain ${new URL(siteUrl).hostname} must lead to the site`;
    if (config === undefined) {
      return [failure('site', `${siteUrl} is not our site (${String(status)})`, fix)];
    }
    const isOurs = config.endpoint === apiUrl && config.projectId === target.projectId;
    const says = `${siteUrl} speaks to ${config.endpoint} ${config.projectId}`;
    return [judge(isOurs, ok('site', says), failure('site', says, deployAgain))];
  },
};

const rows: Check = {
  id: 'migrations',
  look: async ({ api }) => {
    const pending = await pendingMigrations(api);
    return [
      judge(
        pending.length === 0,
        ok('migrations', 'rows are as new as the code'),
        warning('migrations', `to do: ${some(pending.map(titleOf))}`, 'npm run migrate'),
      ),
    ];
  },
};

export const deployedChecks: readonly Check[] = [
  ...[tables, functions, variables, answers, cron, site, rows],
];
