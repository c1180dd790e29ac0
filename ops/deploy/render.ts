/** A plan as a person reads it: grouped, `+` made, `~` changed, `-` gone. No value of a variable. */
import type { Change, Kind, Plan, Sign } from './change.ts';
import { lossesOf } from './change.ts';

const marks: Readonly<Record<Sign, string>> = { create: '+', change: '~', destroy: '-' };

const titles: readonly (readonly [title: string, kinds: readonly Kind[]])[] = [
  ['Settings', ['setting', 'platform']],
  ['Teams', ['team']],
  ['Tables', ['database', 'table', 'column', 'index']],
  ['Functions', ['function', 'variable']],
  ['Site', ['site']],
  ['Domains', ['domain']],
  ['Accounts', ['account']],
  ['Rows', ['migration']],
];

const line = ({ sign, kind, name, detail, loses }: Change): string => {
  const loss = loses === undefined ? '' : `   LOSES ${loses}`;
  return `  ${marks[sign]} ${kind} ${name}${detail === '' ? '' : `  ${detail}`}${loss}`;
};

const count = (plan: Plan, sign: Sign): number =>
  plan.filter((change) => change.sign === sign).length;

export const renderPlan = (plan: Plan): string => {
  if (plan.length === 0) return 'Nothing to change: the project is what the sources say.';
  const groups = titles.flatMap(([title, kinds]) => {
    const lines = plan.filter(({ kind }) => kinds.includes(kind)).map(line);
    return lines.length === 0 ? [] : [`${title}\n${lines.join('\n')}`];
  });
  const sums = [
    `${String(count(plan, 'create'))} to make`,
    `${String(count(plan, 'change'))} to change`,
    `${String(count(plan, 'destroy'))} to remove`,
  ];
  return `${groups.join('\n')}\n\nPlan: ${sums.join(', ')}.`;
};

/**
 * What has to be typed for all losses of a plan, also those that were named already; `options` lead
 * to the same project.
 */
export const renderLosses = (plan: Plan, options: readonly string[] = []): string => {
  const flags = lossesOf(plan).map(({ name }) => `--confirm-loss ${name}`);
  const command = ['npm run deploy --', ...options].join(' ');
  return (
    'This would lose what nobody can bring back, so nothing was touched. Take a backup first\n' +
    '(npm run export), or keep the thing in schemas/tables. To lose it, name each:\n' +
    `  ${command} ${flags.join(' ')}\n` +
    'Going back to older code, leave the tables as they are; it ignores what it does not know:\n' +
    `  ${command} --keep-tables`
  );
};
