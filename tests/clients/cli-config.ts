/** The configuration the CLI is tried with: one of each kind it knows and this server has. */

export const projectId = 'shop';

const code = {
  runtime: 'node-22',
  timeout: 15,
  enabled: true,
  logging: true,
  entrypoint: 'main.mjs',
  commands: '',
};

const column = { required: false, array: false, default: null };

const settings = {
  services: {
    ...{ account: true, databases: true, functions: true, sites: true, teams: true, users: true },
    ...{ health: true, avatars: false, locale: false, storage: false },
    ...{ graphql: false, messaging: false },
  },
  auth: {
    methods: {
      ...{ jwt: true, phone: false, invites: false, anonymous: false },
      ...{ 'email-password': true, 'email-otp': false, 'magic-url': false },
    },
    security: {
      ...{ duration: 2_592_000, limit: 1, sessionsLimit: 10, passwordHistory: 5 },
      ...{ passwordDictionary: true, personalDataCheck: true, sessionAlerts: false },
      mockNumbers: [],
    },
  },
};

const functions = [
  {
    ...{ $id: 'hook', name: 'hook', execute: ['any'], events: [], schedule: '' },
    ...{ ...code, scopes: ['rows.read', 'rows.write'], path: 'functions/hook' },
  },
  {
    ...{ $id: 'worker', name: 'worker', execute: [], schedule: '*/5 * * * *' },
    events: ['databases.main.tables.orders.rows.*.update'],
    ...{ ...code, scopes: ['rows.read'], path: 'functions/worker' },
  },
];

const sites = [
  {
    ...{ $id: 'site', name: 'site', framework: 'other', adapter: 'static' },
    ...{ buildRuntime: 'node-22', installCommand: '', buildCommand: 'true' },
    ...{ outputDirectory: './', fallbackFile: 'index.html', timeout: 30, logging: true },
    path: 'site/build',
  },
];

const tables = [
  {
    ...{ $id: 'orders', $permissions: ['create("users")'], databaseId: 'main' },
    ...{ name: 'orders', enabled: true, rowSecurity: true },
    columns: [
      { ...column, key: 'owner', type: 'string', required: true, size: 36, encrypt: false },
      { ...column, key: 'state', type: 'string', format: 'enum', elements: ['new', 'paid'] },
      { ...column, key: 'mail', type: 'string', format: 'email' },
      { ...column, key: 'home', type: 'string', format: 'url' },
      { ...column, key: 'from', type: 'string', format: 'ip' },
      { ...column, key: 'priceKrw', type: 'integer', min: 0, max: 100_000_000 },
      { ...column, key: 'share', type: 'double', min: 0, max: 1 },
      { ...column, key: 'paidAt', type: 'datetime', format: '' },
      { ...column, key: 'trial', type: 'boolean', default: false },
      { ...column, key: 'tags', type: 'string', array: true, size: 20, encrypt: false },
    ],
    indexes: [
      {
        ...{ key: 'by_owner', type: 'key', status: 'available' },
        ...{ columns: ['owner'], orders: ['ASC'] },
      },
      {
        ...{ key: 'one_mail', type: 'unique', status: 'available' },
        ...{ columns: ['mail'], orders: ['ASC'] },
      },
    ],
  },
];

export const configFor = (endpoint: string): object => ({
  projectId,
  projectName: 'Shop',
  endpoint,
  settings,
  functions,
  sites,
  tablesDB: [{ $id: 'main', name: 'main', enabled: true }],
  tables,
  buckets: [],
  teams: [{ $id: 'operators', name: 'Operators' }],
  topics: [],
});
