/** Settings as newer CLIs and the console push them: `/project/policies`, `/project/services` … */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { boolean, checked, nullable, oneOf, optional, range, required } from '../kernel/params.ts';
import type { Json, ProjectSettings, RequestContext, Route } from '../kernel/types.ts';
import { configure, projectOfRequest } from './access.ts';
import {
  withMemberFields,
  withMethod,
  withProtocol,
  withRest,
  withService,
  type SettingsChange,
} from './changes.ts';
import { AUTH_METHODS, PROTOCOLS, SERVICES, restNumber, restObject } from './settings.ts';

const YEAR_SECONDS = 31_536_000;
const MAX_USERS = 10_000;
const MAX_SESSIONS = 100;
const MAX_HISTORY = 20;
const READ = ['policies.read', 'project.policies.read', 'project.read'] as const;
const WRITE = ['policies.write', 'project.policies.write', 'project.write'] as const;
const MEMBER_FIELDS = ['userId', 'userEmail', 'userPhone', 'userName', 'userMFA'] as const;

interface Policy {
  readonly read: (settings: ProjectSettings) => Json;
  readonly change: (body: Json) => SettingsChange;
}

/** `null` takes a limit away. */
const total = (body: Json, max: number): number =>
  optional(body, 'total', nullable(range(0, max)), null) ?? 0;

function flagPolicy(name: string): Policy {
  return {
    read: (settings) => ({ enabled: settings.rest[name] === true }),
    change: (body) => withRest({ [name]: required(body, 'enabled', boolean) }),
  };
}

function memberChange(body: Json): SettingsChange {
  const given = MEMBER_FIELDS.map((name): [string, boolean | null] => [
    name,
    optional(body, name, boolean, null),
  ]).filter((entry): entry is [string, boolean] => entry[1] !== null);
  return withMemberFields(Object.fromEntries(given));
}

const POLICIES: Readonly<Record<string, Policy>> = {
  'password-dictionary': flagPolicy('passwordDictionary'),
  'password-history': {
    read: (settings) => ({ total: restNumber(settings, 'passwordHistory') }),
    change: (body) => withRest({ passwordHistory: total(body, MAX_HISTORY) }),
  },
  'password-personal-data': flagPolicy('personalDataCheck'),
  'session-alert': flagPolicy('sessionAlerts'),
  'session-duration': {
    read: (settings) => ({ duration: settings.sessionDurationSeconds }),
    change(body) {
      const sessionDurationSeconds = required(body, 'duration', range(0, YEAR_SECONDS));
      return (settings) => ({ ...settings, sessionDurationSeconds });
    },
  },
  'session-invalidation': {
    read: (settings) => ({ enabled: settings.sessionInvalidation }),
    change(body) {
      const sessionInvalidation = required(body, 'enabled', boolean);
      return (settings) => ({ ...settings, sessionInvalidation });
    },
  },
  'session-limit': {
    read: (settings) => ({ total: settings.sessionLimit }),
    change(body) {
      const sessionLimit = total(body, MAX_SESSIONS);
      return (settings) => ({ ...settings, sessionLimit });
    },
  },
  'user-limit': {
    read: (settings) => ({ total: settings.userLimit }),
    change(body) {
      const userLimit = total(body, MAX_USERS);
      return (settings) => ({ ...settings, userLimit });
    },
  },
  'membership-privacy': {
    read(settings) {
      const fields = restObject(settings, 'memberFields');
      return Object.fromEntries(MEMBER_FIELDS.map((name) => [name, fields[name] === true]));
    },
    change: memberChange,
  },
};

const POLICY_NAMES = Object.keys(POLICIES);

function policyOf(context: RequestContext): Policy {
  const id = checked('policyId', context.params['policyId'], oneOf(POLICY_NAMES));
  const policy = POLICIES[id];
  if (policy === undefined) throw new AppwriteError('general_argument_invalid');
  return policy;
}

function policyRoutes(house: House): Route[] {
  return [
    {
      method: 'GET',
      path: '/project/policies',
      scope: READ,
      handler(context) {
        const { settings } = projectOfRequest(house, context);
        const policies = Object.entries(POLICIES).map(([$id, policy]) => ({
          $id,
          ...policy.read(settings),
        }));
        return { status: 200, body: { total: policies.length, policies } };
      },
    },
    {
      method: 'GET',
      path: '/project/policies/:policyId',
      scope: READ,
      handler(context) {
        const { settings } = projectOfRequest(house, context);
        const $id = context.params['policyId'];
        return { status: 200, body: { $id, ...policyOf(context).read(settings) } };
      },
    },
    {
      method: 'PATCH',
      path: '/project/policies/:policyId',
      scope: WRITE,
      handler: (context) =>
        configure(house, projectOfRequest(house, context), policyOf(context).change(context.body)),
    },
  ];
}

/** A route that switches one named thing on or off. */
function switchRoute<T extends string>(house: House, spec: SwitchSpec<T>): Route {
  return {
    method: 'PATCH',
    path: `/project/${spec.path}/:name`,
    scope: 'project.write',
    handler(context) {
      const name = checked(spec.param, context.params['name'], oneOf(spec.names));
      const enabled = required(context.body, 'enabled', boolean);
      return configure(house, projectOfRequest(house, context), spec.change(name, enabled));
    },
  };
}

interface SwitchSpec<T extends string> {
  readonly path: string;
  readonly param: string;
  readonly names: readonly T[];
  readonly change: (name: T, enabled: boolean) => SettingsChange;
}

export function policySettingRoutes(house: House): Route[] {
  return [
    ...policyRoutes(house),
    switchRoute(house, {
      path: 'services',
      param: 'serviceId',
      names: SERVICES,
      change: withService,
    }),
    switchRoute(house, {
      path: 'auth-methods',
      param: 'methodId',
      names: AUTH_METHODS,
      change: withMethod,
    }),
    switchRoute(house, {
      path: 'protocols',
      param: 'protocolId',
      names: PROTOCOLS,
      change: withProtocol,
    }),
  ];
}
