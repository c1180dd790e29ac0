/** Pure changes of project settings, shared by the old and the new routes. */
import type { Json, ProjectSettings } from '../kernel/types.ts';
import { restObject } from './settings.ts';

export type SettingsChange = (settings: ProjectSettings) => ProjectSettings;

export const withMethod =
  (method: string, enabled: boolean): SettingsChange =>
  (settings) => ({ ...settings, methods: { ...settings.methods, [method]: enabled } });

export const withService =
  (service: string, enabled: boolean): SettingsChange =>
  (settings) => ({ ...settings, services: { ...settings.services, [service]: enabled } });

export const withRest =
  (change: Json): SettingsChange =>
  (settings) => ({ ...settings, rest: { ...settings.rest, ...change } });

export const withProtocol =
  (protocol: string, enabled: boolean): SettingsChange =>
  (settings) => {
    const protocols = { ...restObject(settings, 'protocols'), [protocol]: enabled };
    return withRest({ protocols })(settings);
  };

/** Members are hidden from each other unless some field of theirs is shown. */
export const withMemberFields =
  (change: Readonly<Record<string, boolean>>): SettingsChange =>
  (settings) => {
    const memberFields = { ...restObject(settings, 'memberFields'), ...change };
    const shown = ['userId', 'userName', 'userEmail'].some((name) => memberFields[name] === true);
    return { ...withRest({ memberFields })(settings), membershipPrivacy: !shown };
  };
