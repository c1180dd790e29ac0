/** Every scene by its address in the gallery, such as `flow.ready`. */
import { accountScenes } from './account.ts';
import { manageScenes } from './manage.ts';
import { joinScenes, membersScenes } from './members.ts';
import { operatorPages } from './operator.ts';
import { operatorScenes, orderScenes } from './orders.ts';
import { profileScenes } from './profile.ts';
import { flowScenes } from './scenes.ts';
import { termScenes } from './term.ts';

const named = (group: string, names: readonly string[]): readonly string[] =>
  names.map((name) => `${group}.${name}`);

export const sceneNames: readonly string[] = [
  ...named('account', Object.keys(accountScenes)),
  ...named('profile', Object.keys(profileScenes)),
  ...named('flow', Object.keys(flowScenes)),
  ...named('manage', Object.keys(manageScenes)),
  ...named('members', Object.keys(membersScenes)),
  ...named('join', Object.keys(joinScenes)),
  'guest.open',
  'guest.expired',
  'orders.list',
  ...named('orders', Object.keys(orderScenes)),
  ...named('term', Object.keys(termScenes)),
  ...named('file', Object.keys(operatorScenes)),
  ...named('operator', operatorPages),
];

export const splitName = (scene: string): readonly [group: string, name: string] => {
  const dot = scene.indexOf('.');
  return dot < 0 ? [scene, ''] : [scene.slice(0, dot), scene.slice(dot + 1)];
};
