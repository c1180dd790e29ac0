/** A project, its keys and platforms as the console and both generations of the CLI read them. */
import { listColumn } from '../kernel/lists.ts';
import { formatTime } from '../kernel/time.ts';
import type { Json, Project } from '../kernel/types.ts';
import type { ProjectStore } from './project-store.ts';
import type { KeyRow, PlatformRow, ProjectRow } from './records.ts';
import {
  AUTH_METHODS,
  METHOD_FIELDS,
  PROTOCOLS,
  SERVICES,
  restList,
  restNumber,
  restObject,
} from './settings.ts';

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export function keyJson(key: KeyRow): Json {
  return {
    $id: key.id,
    $createdAt: key.created_at,
    $updatedAt: key.updated_at,
    name: key.name,
    expire: key.expires_at,
    scopes: listColumn(key.scopes),
    secret: key.secret,
    accessedAt: '',
    sdks: [],
  };
}

export function platformJson(platform: PlatformRow): Json {
  return {
    $id: platform.id,
    $createdAt: platform.created_at,
    $updatedAt: platform.updated_at,
    name: platform.name,
    type: platform.type,
    key: platform.key,
    store: '',
    hostname: platform.hostname,
    httpUser: '',
    httpPass: '',
  };
}

function authFields({ settings }: Project): Json {
  const members = restObject(settings, 'memberFields');
  const methods = AUTH_METHODS.map((method): [string, unknown] => [
    METHOD_FIELDS[method] ?? method,
    settings.methods[method] !== false,
  ]);
  return {
    authDuration: settings.sessionDurationSeconds,
    authLimit: settings.userLimit,
    authSessionsLimit: settings.sessionLimit,
    authPasswordHistory: restNumber(settings, 'passwordHistory'),
    authPasswordDictionary: settings.rest['passwordDictionary'] === true,
    authPersonalDataCheck: settings.rest['personalDataCheck'] === true,
    authMockNumbers: restList(settings, 'mockNumbers'),
    authSessionAlerts: settings.rest['sessionAlerts'] === true,
    authMembershipsUserName: members['userName'] === true,
    authMembershipsUserEmail: members['userEmail'] === true,
    authMembershipsMfa: members['userMFA'] === true,
    authInvalidateSessions: settings.sessionInvalidation,
    ...Object.fromEntries(methods),
  };
}

function statusFields({ settings }: Project): Json {
  const protocols = restObject(settings, 'protocols');
  return Object.fromEntries([
    ...SERVICES.map((name): [string, unknown] => [
      `serviceStatusFor${capital(name)}`,
      settings.services[name] !== false,
    ]),
    ...PROTOCOLS.map((name): [string, unknown] => [
      `protocolStatusFor${capital(name)}`,
      protocols[name] !== false,
    ]),
  ]);
}

export function projectJson(row: ProjectRow, project: Project, store: ProjectStore): Json {
  return {
    $id: row.id,
    $createdAt: row.created_at,
    $updatedAt: row.updated_at,
    name: row.name,
    description: '',
    teamId: row.team_id,
    logo: '',
    url: '',
    legalName: '',
    legalCountry: '',
    legalState: '',
    legalCity: '',
    legalAddress: '',
    legalTaxId: '',
    ...authFields(project),
    oAuthProviders: [],
    platforms: store.platforms(row.id).map(platformJson),
    webhooks: [],
    keys: store.keys(row.id).map(keyJson),
    devKeys: [],
    smtpEnabled: false,
    pingCount: 0,
    pingedAt: '',
    labels: [],
    status: 'active',
    region: 'default',
    ...statusFields(project),
  };
}

/** Moment of an optional `expire` parameter as stored, '' for never. */
export const expiryText = (expiresMs: number | null): string =>
  expiresMs === null ? '' : formatTime(expiresMs);
