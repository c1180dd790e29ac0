/**
 * Writes appwrite.json: the tables come from schemas/tables, everything else is stated here once.
 * Run by `npm run config`; a structure test holds the committed file to this output.
 * Every key that appwrite-cli 12 compares is written out, or it would re-create a column.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseId } from '#schemas/tables/define.ts';
import type { Column, Table } from '#schemas/tables/define.ts';
import { tables } from '#schemas/tables/tables.ts';

const columnOf = (key: string, column: Column): object => {
  const common = { key, required: column.required, array: false };
  switch (column.type) {
    case 'string':
      return { ...common, type: 'string', size: column.size, default: null, encrypt: false };
    case 'enum':
      return {
        ...common,
        type: 'string',
        elements: column.elements,
        format: 'enum',
        default: null,
      };
    case 'integer':
      return { ...common, type: 'integer', min: column.min, max: column.max, default: null };
    case 'boolean':
      return { ...common, type: 'boolean', default: null };
    case 'datetime':
      return { ...common, type: 'datetime', format: '', default: null };
  }
};

const tableOf = (table: Table): object => ({
  $id: table.id,
  // Nobody but functions writes; who may read stands on each row.
  $permissions: [],
  databaseId,
  name: table.id,
  enabled: true,
  rowSecurity: true,
  columns: Object.entries(table.columns).map(([key, column]) => columnOf(key, column)),
  indexes: Object.entries(table.indexes).map(([key, index]) => ({
    key,
    type: index.type,
    status: 'available',
    columns: index.columns,
    orders: index.columns.map(() => 'ASC'),
  })),
});

interface FunctionDefinition {
  readonly execute: readonly string[];
  readonly scopes: readonly string[];
  readonly events?: readonly string[];
  readonly schedule?: string;
  readonly timeoutSeconds: number;
}

const rowEvent = (table: string, action: string): string =>
  `databases.${databaseId}.tables.${table}.rows.*.${action}`;

/** Separate by privilege and caller: the public ones cannot touch Dokploy, signup not money. */
export const functions: Readonly<Record<string, FunctionDefinition>> = {
  signup: {
    execute: ['any'],
    scopes: ['users.read', 'users.write', 'rows.read', 'rows.write'],
    timeoutSeconds: 20,
  },
  // Alone in that it deletes users and teams; finishes by itself what was interrupted.
  account: {
    execute: ['users'],
    scopes: [
      ...['users.read', 'users.write', 'sessions.write'],
      ...['teams.read', 'teams.write', 'rows.read', 'rows.write'],
    ],
    schedule: '*/2 * * * *',
    timeoutSeconds: 28,
  },
  workspaces: {
    execute: ['users'],
    scopes: ['users.read', 'teams.read', 'teams.write', 'rows.read', 'rows.write'],
    timeoutSeconds: 20,
  },
  checkout: {
    execute: ['users'],
    scopes: ['teams.read', 'rows.read', 'rows.write'],
    timeoutSeconds: 28,
  },
  payapp: { execute: ['any'], scopes: ['rows.write'], timeoutSeconds: 10 },
  runtime: {
    execute: ['users'],
    scopes: ['teams.read', 'rows.read', 'rows.write'],
    timeoutSeconds: 28,
  },
  reconcile: {
    execute: [],
    // It finishes joining where the one who joined did not stay to see it.
    scopes: [
      ...['rows.read', 'rows.write', 'teams.read', 'teams.write'],
      ...['messages.read', 'messages.write'],
    ],
    events: [
      rowEvent('notices', 'create'),
      rowEvent('orders', 'update'),
      rowEvent('runtimes', 'create'),
      rowEvent('runtimes', 'update'),
      rowEvent('invitations', 'update'),
      rowEvent('messages', 'create'),
      // The team has a picture for its members' pages; and whoever is taken out, or may no longer
      // enter, may still be inside a runtime.
      'teams.*.memberships.*.create',
      'teams.*.memberships.*.update',
      'teams.*.memberships.*.delete',
    ],
    schedule: '* * * * *',
    // A run stays with a runtime through a whole deployment (240 s), and must not be cut off.
    timeoutSeconds: 300,
  },
  operator: {
    execute: ['label:operator'],
    scopes: ['users.read', 'teams.read', 'rows.read', 'rows.write'],
    timeoutSeconds: 28,
  },
};

const functionOf = (id: string, definition: FunctionDefinition): object => ({
  $id: id,
  name: id,
  runtime: 'node-22',
  execute: definition.execute,
  events: definition.events ?? [],
  schedule: definition.schedule ?? '',
  timeout: definition.timeoutSeconds,
  enabled: true,
  logging: true,
  entrypoint: 'main.mjs',
  commands: '',
  scopes: definition.scopes,
  path: `dist/functions/${id}`,
});

const settings = {
  services: {
    account: true,
    databases: true,
    functions: true,
    sites: true,
    // Closed to clients (keys are exempt): a workspace's team is changed by functions alone.
    teams: false,
    users: true,
    health: true,
    avatars: false,
    locale: false,
    storage: false,
    graphql: false,
    messaging: false,
  },
  auth: {
    methods: {
      jwt: true,
      'email-password': true,
      phone: false,
      invites: false,
      anonymous: false,
      'email-otp': false,
      'magic-url': false,
    },
    security: {
      duration: 2_592_000,
      // Client sign-up is closed: an account exists only through a redeemed invite.
      limit: 1,
      sessionsLimit: 10,
      passwordHistory: 5,
      passwordDictionary: true,
      personalDataCheck: true,
      sessionAlerts: false,
      mockNumbers: [],
    },
  },
};

const site = {
  $id: 'site',
  name: 'site',
  // Prebuilt files: framework `sveltekit` would run its own scripts on the server.
  framework: 'other',
  adapter: 'static',
  buildRuntime: 'node-22',
  installCommand: '',
  // appwrite-cli 12 crashes on an empty build command.
  buildCommand: 'true',
  outputDirectory: './',
  fallbackFile: '200.html',
  enabled: true,
  timeout: 30,
  logging: false,
  path: 'site/build',
};

export const appwriteConfig = (): object => ({
  projectId: 'hosted-dedicated',
  projectName: 'Hosted Dedicated',
  settings,
  functions: Object.entries(functions).map(([id, definition]) => functionOf(id, definition)),
  sites: [site],
  tablesDB: [{ $id: databaseId, name: databaseId, enabled: true }],
  tables: Object.values(tables).map((table) => tableOf(table)),
  buckets: [],
  teams: [{ $id: 'operators', name: 'Operators' }],
  topics: [],
});

export const renderAppwriteConfig = (): string => `${JSON.stringify(appwriteConfig(), null, 4)}\n`;

if (import.meta.main) {
  await writeFile(join(import.meta.dirname, '..', 'appwrite.json'), renderAppwriteConfig());
}
