/** Who delivers. Any SMTP provider is taken and none is connected to. */
import { idOrNew } from '../kernel/ids.ts';
import { jsonColumn, listRows, type ListColumn } from '../kernel/lists.ts';
import {
  boolean,
  customId,
  email,
  oneOf,
  optional,
  range,
  required,
  text,
} from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import type { MessageStore, ProviderRow } from './message-store.ts';

const NAME_CHARS = 128;

const ATTRIBUTES: Readonly<Record<string, ListColumn>> = {
  name: { sql: 'name', kind: 'text' },
  provider: { sql: 'provider', kind: 'text' },
  type: { sql: 'type', kind: 'text' },
  enabled: { sql: 'enabled', kind: 'boolean' },
};

const providerJson = (row: ProviderRow): Json => ({
  $id: row.id,
  $createdAt: row.created_at,
  $updatedAt: row.updated_at,
  name: row.name,
  provider: row.provider,
  enabled: row.enabled === 1,
  type: row.type,
  credentials: jsonColumn(row.credentials, {}),
  options: jsonColumn(row.options, {}),
});

/** As there, one without a sender or a host cannot be enabled. */
function createSmtp(messages: MessageStore, context: RequestContext): Answer {
  const { body, project } = context;
  const id = idOrNew(required(body, 'providerId', customId));
  const name = required(body, 'name', text(NAME_CHARS));
  const host = required(body, 'host', text(0));
  const fromEmail = optional(body, 'fromEmail', email, '');
  const encryption = optional(body, 'encryption', oneOf(['none', 'ssl', 'tls']), '');
  const credentials = {
    port: optional(body, 'port', range(1, 65_535), 587),
    username: optional(body, 'username', text(0, 0), ''),
    password: optional(body, 'password', text(0, 0), ''),
    host,
  };
  const options = {
    fromName: optional(body, 'fromName', text(NAME_CHARS, 0), ''),
    fromEmail,
    replyToName: optional(body, 'replyToName', text(NAME_CHARS, 0), ''),
    replyToEmail: optional(body, 'replyToEmail', email, ''),
    encryption: encryption === 'none' ? '' : encryption,
    autoTLS: optional(body, 'autoTLS', boolean, true),
    mailer: optional(body, 'mailer', text(0, 0), ''),
  };
  const isEnabled = optional(body, 'enabled', boolean, false) && fromEmail !== '';
  const row = messages.createProvider(project.id, {
    id,
    name,
    provider: 'smtp',
    enabled: isEnabled ? 1 : 0,
    credentials: JSON.stringify(credentials),
    options: JSON.stringify(options),
  });
  return { status: 201, body: providerJson(row) };
}

function list(context: RequestContext): Answer {
  const page = listRows(context.services.store, {
    table: 'messaging_providers',
    where: 'project_id = ?',
    args: [context.project.id],
    attributes: ATTRIBUTES,
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['name', 'provider', 'type'],
    noun: 'Provider',
  });
  const rows: unknown = page.rows;
  const providers = (rows as ProviderRow[]).map(providerJson);
  return { status: 200, body: { total: page.total, providers } };
}

const asked = (context: RequestContext): string => context.params['providerId'] ?? '';

export function providerRoutes(messages: MessageStore): Route[] {
  return [
    {
      method: 'POST',
      path: '/messaging/providers/smtp',
      scope: 'providers.write',
      handler: (context) => createSmtp(messages, context),
    },
    { method: 'GET', path: '/messaging/providers', scope: 'providers.read', handler: list },
    {
      method: 'GET',
      path: '/messaging/providers/:providerId',
      scope: 'providers.read',
      handler: (context) => ({
        status: 200,
        body: providerJson(messages.provider(context.project.id, asked(context))),
      }),
    },
    {
      method: 'PATCH',
      path: '/messaging/providers/smtp/:providerId',
      scope: 'providers.write',
      handler(context) {
        const known = messages.provider(context.project.id, asked(context));
        const enabled = optional(context.body, 'enabled', boolean, known.enabled === 1);
        const row = messages.enableProvider(context.project.id, known.id, enabled);
        return { status: 200, body: providerJson(row) };
      },
    },
    {
      method: 'DELETE',
      path: '/messaging/providers/:providerId',
      scope: 'providers.write',
      handler(context) {
        messages.removeProvider(context.project.id, asked(context));
        return { status: 204 };
      },
    },
  ];
}
