/** Settings as CLI 12 pushes them: `/projects/:projectId/service` and `…/auth/*`. */
import type { House } from '../account/house.ts';
import { arrayOf, boolean, checked, object, oneOf, range, required } from '../kernel/params.ts';
import type { RequestContext, Route } from '../kernel/types.ts';
import { configure, projectOfPath } from './access.ts';
import {
  withMemberFields,
  withMethod,
  withRest,
  withService,
  type SettingsChange,
} from './changes.ts';
import { AUTH_METHODS, SERVICES } from './settings.ts';

const YEAR_SECONDS = 31_536_000;
const MAX_USERS = 10_000;
const MAX_SESSIONS = 100;
const MAX_HISTORY = 20;
const MAX_MOCK_NUMBERS = 10;

/** The route names its parameter as the newer route does. */
function serviceChange({ body }: RequestContext): SettingsChange {
  const status = required(body, 'status', boolean);
  return withService(checked('serviceId', body['service'], oneOf(SERVICES)), status);
}

function methodChange({ body, params }: RequestContext): SettingsChange {
  const method = checked('methodId', params['method'], oneOf(AUTH_METHODS));
  return withMethod(method, required(body, 'status', boolean));
}

const AUTH_CHANGES: Readonly<Record<string, (context: RequestContext) => SettingsChange>> = {
  duration: ({ body }) => {
    const sessionDurationSeconds = required(body, 'duration', range(0, YEAR_SECONDS));
    return (settings) => ({ ...settings, sessionDurationSeconds });
  },
  limit: ({ body }) => {
    const userLimit = required(body, 'limit', range(0, MAX_USERS));
    return (settings) => ({ ...settings, userLimit });
  },
  'max-sessions': ({ body }) => {
    const sessionLimit = required(body, 'limit', range(0, MAX_SESSIONS));
    return (settings) => ({ ...settings, sessionLimit });
  },
  'password-dictionary': ({ body }) =>
    withRest({ passwordDictionary: required(body, 'enabled', boolean) }),
  'password-history': ({ body }) =>
    withRest({ passwordHistory: required(body, 'limit', range(0, MAX_HISTORY)) }),
  'personal-data': ({ body }) =>
    withRest({ personalDataCheck: required(body, 'enabled', boolean) }),
  'session-alerts': ({ body }) => withRest({ sessionAlerts: required(body, 'alerts', boolean) }),
  'session-invalidation': ({ body }) => {
    const sessionInvalidation = required(body, 'enabled', boolean);
    return (settings) => ({ ...settings, sessionInvalidation });
  },
  'mock-numbers': ({ body }) =>
    withRest({ mockNumbers: required(body, 'numbers', arrayOf(object, MAX_MOCK_NUMBERS)) }),
  'memberships-privacy': ({ body }) =>
    withMemberFields({
      userName: required(body, 'userName', boolean),
      userEmail: required(body, 'userEmail', boolean),
      userMFA: required(body, 'mfa', boolean),
    }),
};

export function legacySettingRoutes(house: House): Route[] {
  const route = (path: string, read: (context: RequestContext) => SettingsChange): Route => ({
    method: 'PATCH',
    path: `/projects/:projectId/${path}`,
    scope: 'projects.write',
    handler(context) {
      const project = projectOfPath(house, context);
      return configure(house, project, read(context));
    },
  });
  return [
    route('service', serviceChange),
    ...Object.entries(AUTH_CHANGES).map(([name, read]) => route(`auth/${name}`, read)),
    route('auth/:method', methodChange),
  ];
}
