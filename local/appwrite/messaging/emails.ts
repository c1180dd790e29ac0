/** E-mails: handed on, looked at, deleted. */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { jsonColumn, listColumn, listRows, type ListColumn } from '../kernel/lists.ts';
import {
  Unfit,
  arrayOf,
  boolean,
  customId,
  optional,
  required,
  text,
  uid,
  type Validator,
} from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { userJson } from '../users/user-json.ts';
import type { MessageRow, MessageStore } from './message-store.ts';
import type { Worker } from './worker.ts';

const SUBJECT_CHARS = 998;
const CONTENT_CHARS = 64_230;
const MAX_IDS = 100;

const ATTRIBUTES: Readonly<Record<string, ListColumn>> = {
  status: { sql: 'status', kind: 'text' },
  deliveredAt: { sql: 'delivered_at', kind: 'text' },
  deliveredTotal: { sql: 'delivered_total', kind: 'number' },
};

const messageJson = (row: MessageRow): Json => ({
  $id: row.id,
  $createdAt: row.created_at,
  $updatedAt: row.updated_at,
  providerType: 'email',
  topics: [],
  users: listColumn(row.users),
  targets: listColumn(row.targets),
  scheduledAt: null,
  deliveredAt: row.delivered_at,
  deliveryErrors: listColumn(row.delivery_errors),
  deliveredTotal: row.delivered_total,
  data: jsonColumn(row.data, {}),
  status: row.status,
});

/** What is not here is refused rather than silently left out of a mail. */
const nothing: Validator<readonly string[]> = (value) => {
  if (Array.isArray(value) && value.length === 0) return [];
  throw new Unfit('This server has no topics, copies or attachments');
};
const never: Validator<null> = () => {
  throw new Unfit('This server sends at once or not at all');
};

const ids = (body: Json, name: string): string[] => optional(body, name, arrayOf(uid, MAX_IDS), []);

interface Parts {
  readonly house: House;
  readonly messages: MessageStore;
  readonly worker: Worker;
}

function create({ house, messages, worker }: Parts, context: RequestContext): Answer {
  const { body, project } = context;
  const id = idOrNew(required(body, 'messageId', customId));
  const subject = required(body, 'subject', text(SUBJECT_CHARS));
  const content = required(body, 'content', text(CONTENT_CHARS));
  for (const name of ['topics', 'cc', 'bcc', 'attachments']) optional(body, name, nothing, []);
  optional(body, 'scheduledAt', never, null);
  const [users, targets] = [ids(body, 'users'), ids(body, 'targets')];
  const draft = optional(body, 'draft', boolean, false);
  const html = optional(body, 'html', boolean, false);
  if (!draft && users.length === 0 && targets.length === 0) {
    throw new AppwriteError('message_missing_target');
  }
  for (const target of targets) {
    if (house.users.findByTarget(project.id, target) === undefined) {
      throw new AppwriteError('message_target_not_email');
    }
  }
  const data = { subject, content, html, cc: [], bcc: [], attachments: [] };
  const row = messages.createMessage(project.id, {
    id,
    users: JSON.stringify(users),
    targets: JSON.stringify(targets),
    data: JSON.stringify(data),
    status: draft ? 'draft' : 'processing',
  });
  if (!draft) worker.enqueue(row);
  return { status: 201, body: messageJson(row) };
}

function list(context: RequestContext): Answer {
  const page = listRows(context.services.store, {
    table: 'messaging_messages',
    where: 'project_id = ?',
    args: [context.project.id],
    attributes: ATTRIBUTES,
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['id', 'data', 'status'],
    noun: 'Message',
  });
  const rows: unknown = page.rows;
  const messages = (rows as MessageRow[]).map(messageJson);
  return { status: 200, body: { total: page.total, messages } };
}

export function emailRoutes(parts: Parts): Route[] {
  const { house, messages } = parts;
  const asked = (context: RequestContext): MessageRow =>
    messages.message(context.project.id, context.params['messageId'] ?? '');
  return [
    {
      method: 'POST',
      path: '/messaging/messages/email',
      scope: 'messages.write',
      handler: (context) => create(parts, context),
    },
    { method: 'GET', path: '/messaging/messages', scope: 'messages.read', handler: list },
    {
      method: 'GET',
      path: '/messaging/messages/:messageId',
      scope: 'messages.read',
      handler: (context) => ({ status: 200, body: messageJson(asked(context)) }),
    },
    {
      method: 'GET',
      path: '/messaging/messages/:messageId/targets',
      scope: 'messages.read',
      handler(context) {
        const targets = listColumn(asked(context).targets).flatMap((id) => {
          const user = house.users.findByTarget(context.project.id, id);
          return user === undefined ? [] : (userJson(user)['targets'] as Json[]);
        });
        return { status: 200, body: { total: targets.length, targets } };
      },
    },
    {
      method: 'DELETE',
      path: '/messaging/messages/:messageId',
      scope: 'messages.write',
      handler(context) {
        messages.removeMessage(asked(context));
        return { status: 204 };
      },
    },
  ];
}
