/** What a customer does with one runtime; the gallery brings its own, already in some state. */
import type { App } from './app.svelte.ts';
import { CodexLogin } from './codex.svelte.ts';
import { DeviceLogin } from './device.svelte.ts';
import { Entrance } from './entrance.svelte.ts';
import type { World } from './world.svelte.ts';

export interface Ways {
  readonly login: CodexLogin;
  readonly device: DeviceLogin;
  readonly entrance: Entrance;
}

export type OpenWays = (app: App, world: World, runtimeId: string) => Ways;

export const openWays: OpenWays = (app, world, runtimeId) => ({
  login: new CodexLogin(app, world, runtimeId),
  device: new DeviceLogin(app, world, runtimeId),
  entrance: new Entrance(app, runtimeId),
});
