/** Scopes of the routes: any one of them lets a caller in. */
export const TABLES_READ = ['tables.read', 'collections.read'] as const;
export const TABLES_WRITE = ['tables.write', 'collections.write'] as const;
export const ROWS_READ = ['rows.read', 'documents.read'] as const;
export const ROWS_WRITE = ['rows.write', 'documents.write'] as const;
