/**
 * Every fault point that is deployed, read from the bundles themselves: which function reaches it is
 * what the bundler left in its file. A point whose name cannot be read fails loudly, so that none is
 * missed; families (`effect.*`) are spelled out from the lists their names are made of.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from '#core/runtime/timing.ts';
import { root } from '#local/supervisor/paths.ts';
import { promiseStages } from '#schemas/contract/vocabulary.ts';
import type { Effect } from '#schemas/record/order.ts';

const bundles = join(root, 'dist', 'functions');
const call = /\bfaults\.reach\(/g;
const named = /\bfaults\.reach\((?:"([a-z_.]+)"|`([^`]+)`)\)/g;

/** A new kind of effect or action does not compile until it stands here. */
const effects: Readonly<Record<Effect['kind'], true>> = {
  open_runtime: true,
  extend_runtime: true,
  suspend_runtime: true,
  change_plan: true,
  revert_plan: true,
  retract_period: true,
  cancel_request: true,
  raise_task: true,
};
const actions: Readonly<Record<Exclude<Action['kind'], 'wait'>, true>> = {
  claim_slot: true,
  ensure_project: true,
  ensure_compose: true,
  configure: true,
  deploy: true,
  declare_lost: true,
  observe_deployment: true,
  observe_agent: true,
  observe_export: true,
  observe_machine: true,
  start: true,
  restart_stop: true,
  restart_start: true,
  verify: true,
  prove_exposure: true,
  ask_smoke: true,
  start_smoke: true,
  start_check: true,
  start_backup: true,
  settle_restore: true,
  end_access: true,
  find_compose: true,
  stop: true,
  remove: true,
  look_gone: true,
  prove_unrouted: true,
  release_slot: true,
  issue_receipt: true,
  raise_task: true,
};

const families: Readonly<Record<string, readonly string[]>> = {
  'effect.*': Object.keys(effects).map((kind) => `effect.${kind}`),
  'promise.*': promiseStages.map((stage) => `promise.${stage}`),
  'runtime.*.done': Object.keys(actions).map((kind) => `runtime.${kind}.done`),
};

const spellOut = (template: string): readonly string[] => {
  const family = families[template.replace(/\$\{[^}]*\}/g, '*')];
  if (family === undefined) throw new Error(`no list of names for ${template}`);
  return family;
};

const pointsIn = (bundle: string): readonly string[] => {
  const found = [...bundle.matchAll(named)];
  if (found.length !== [...bundle.matchAll(call)].length) {
    throw new Error('a fault point whose name cannot be read');
  }
  const names = found.flatMap(([, literal, template]) =>
    literal === undefined ? spellOut(template ?? '') : [literal],
  );
  return [...new Set(names)].toSorted();
};

/** Function → its points, for functions that have any. */
export const deployedPoints = (): Readonly<Record<string, readonly string[]>> => {
  const all = readdirSync(bundles).map(
    (name) => [name, pointsIn(readFileSync(join(bundles, name, 'main.mjs'), 'utf8'))] as const,
  );
  return Object.fromEntries(all.filter(([, points]) => points.length > 0));
};
