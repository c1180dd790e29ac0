/** Scopes by role, after the role table of Appwrite 1.9.6. */

const GUEST = [
  'sessions.write',
  'documents.read',
  'documents.write',
  'rows.read',
  'rows.write',
  'files.read',
  'files.write',
  'locale.read',
  'avatars.read',
  'execution.write',
  'executions.write',
] as const;

const USER = [
  ...GUEST,
  'account',
  'teams.read',
  'teams.write',
  'projects.read',
  'execution.read',
  'executions.read',
  'targets.read',
  'targets.write',
  'subscribers.read',
  'subscribers.write',
] as const;

const READ_WRITE = [
  'sessions',
  'users',
  'teams',
  'databases',
  'tables',
  'columns',
  'indexes',
  'rows',
  'collections',
  'attributes',
  'documents',
  'files',
  'buckets',
  'functions',
  'sites',
  'execution',
  'executions',
  'log',
  'logs',
  'project',
  'projects',
  'rules',
  'webhooks',
  'targets',
  'keys',
  'platforms',
  'policies',
  'project.policies',
  'mocks',
  'templates',
  'topics',
  'subscribers',
  'providers',
  'messages',
  'tokens',
  'transactions',
  'organizations',
  'vcs',
  'migrations',
] as const;

const READ_ONLY = ['locale.read', 'avatars.read', 'health.read', 'assistant.read'] as const;

export const GUEST_SCOPES: ReadonlySet<string> = new Set(GUEST);
export const USER_SCOPES: ReadonlySet<string> = new Set(USER);
/** What a console operator may do, and what a key may be given. */
export const ADMIN_SCOPES: ReadonlySet<string> = new Set([
  ...READ_WRITE.flatMap((name) => [`${name}.read`, `${name}.write`]),
  ...READ_ONLY,
]);
/** The console project's own users: operators of this machine, who also have an account. */
export const CONSOLE_SCOPES: ReadonlySet<string> = new Set([...ADMIN_SCOPES, 'account']);
