/** API keys and platforms of a project, for console operators. */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { arrayOf, customId, datetime, optional, required, text } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { projectOfPath } from './access.ts';
import { expiryText, keyJson, platformJson } from './project-json.ts';
import type { KeyRow, NewKey, NewPlatform, PlatformRow } from './records.ts';

const NAME_CHARS = 128;
const SCOPE_CHARS = 64;
const MAX_SCOPES = 200;

function keyFields(body: Json): Pick<NewKey, 'name' | 'scopes' | 'expiresAt'> {
  const expiresMs = optional(body, 'expire', datetime, null);
  return {
    name: required(body, 'name', text(NAME_CHARS)),
    scopes: required(body, 'scopes', arrayOf(text(SCOPE_CHARS), MAX_SCOPES)),
    expiresAt: expiryText(expiresMs),
  };
}

function askedKey(house: House, context: RequestContext): KeyRow {
  const project = projectOfPath(house, context);
  const key = house.projects.keys(project.id).find((row) => row.id === context.params['keyId']);
  if (key === undefined) throw new AppwriteError('key_not_found');
  return key;
}

function createKey(house: House, context: RequestContext): Answer {
  const project = projectOfPath(house, context);
  const id = idOrNew(optional(context.body, 'keyId', customId, 'unique()'));
  const key = house.projects.createKey(project.id, { id, ...keyFields(context.body) });
  return { status: 201, body: keyJson(key) };
}

function platformFields(body: Json): Pick<NewPlatform, 'name' | 'key' | 'hostname'> {
  return {
    name: required(body, 'name', text(NAME_CHARS)),
    key: optional(body, 'key', text(256, 0), ''),
    hostname: optional(body, 'hostname', text(256, 0), '').toLowerCase(),
  };
}

function createPlatform(house: House, context: RequestContext): Answer {
  const project = projectOfPath(house, context);
  const { body } = context;
  const id = idOrNew(optional(body, 'platformId', customId, 'unique()'));
  const type = required(body, 'type', text(NAME_CHARS));
  const row = house.projects.createPlatform(project.id, { id, type, ...platformFields(body) });
  return { status: 201, body: platformJson(row) };
}

function askedPlatform(house: House, context: RequestContext): PlatformRow {
  const project = projectOfPath(house, context);
  const id = context.params['platformId'];
  const row = house.projects.platforms(project.id).find((entry) => entry.id === id);
  if (row === undefined) throw new AppwriteError('platform_not_found');
  return row;
}

type Handle = (context: RequestContext) => Answer;

const read = (path: string, handler: Handle): Route => ({
  method: 'GET',
  path,
  scope: 'projects.read',
  handler,
});

const write = (method: 'POST' | 'PUT' | 'DELETE', path: string, handler: Handle): Route => ({
  method,
  path,
  scope: 'projects.write',
  handler,
});

export function keyRoutes(house: House): Route[] {
  const all = '/projects/:projectId/keys';
  return [
    write('POST', all, (context) => createKey(house, context)),
    read(all, (context) => {
      const keys = house.projects.keys(projectOfPath(house, context).id).map(keyJson);
      return { status: 200, body: { total: keys.length, keys } };
    }),
    read(`${all}/:keyId`, (context) => ({ status: 200, body: keyJson(askedKey(house, context)) })),
    write('PUT', `${all}/:keyId`, (context) => {
      const key = house.projects.replaceKey(askedKey(house, context), keyFields(context.body));
      return { status: 200, body: keyJson(key) };
    }),
    write('DELETE', `${all}/:keyId`, (context) => {
      house.projects.removeKey(askedKey(house, context));
      return { status: 204 };
    }),
  ];
}

export function platformRoutes(house: House): Route[] {
  const all = '/projects/:projectId/platforms';
  return [
    write('POST', all, (context) => createPlatform(house, context)),
    read(all, (context) => {
      const rows = house.projects.platforms(projectOfPath(house, context).id);
      return { status: 200, body: { total: rows.length, platforms: rows.map(platformJson) } };
    }),
    read(`${all}/:platformId`, (context) => ({
      status: 200,
      body: platformJson(askedPlatform(house, context)),
    })),
    write('PUT', `${all}/:platformId`, (context) => {
      const platform = askedPlatform(house, context);
      const row = house.projects.replacePlatform(platform, platformFields(context.body));
      return { status: 200, body: platformJson(row) };
    }),
    write('DELETE', `${all}/:platformId`, (context) => {
      house.projects.removePlatform(askedPlatform(house, context));
      return { status: 204 };
    }),
  ];
}
