/**
 * TablesDB: databases, tables, columns, indexes, rows and transactions on SQLite, behind the
 * routes of Appwrite 1.9.6, under the current paths and the older ones. Every write is told to
 * `services.changes` after it is committed. Not here: relationships, spatial queries,
 * list caching (`ttl` is ignored).
 */
import type { Module, Services } from '../kernel/types.ts';
import { Catalog } from './catalog.ts';
import { columnRoutes } from './column-routes.ts';
import { databaseRoutes } from './database-routes.ts';
import { legacyRoute } from './dialect.ts';
import { indexRoutes } from './index-routes.ts';
import { rowRoutes } from './row-routes.ts';
import { SCHEMA } from './schema.ts';
import { StaleRows } from './stale-rows.ts';
import { tableRoutes } from './table-routes.ts';
import { transactionRoutes } from './transaction-routes.ts';
import { Transactions } from './transactions.ts';

export function createTablesDb(services: Services): Module {
  const catalog = new Catalog(services);
  const transactions = new Transactions(services, catalog);
  const house = { services, catalog, transactions, stale: new StaleRows() };
  const routes = [
    ...transactionRoutes(house),
    ...databaseRoutes(catalog),
    ...tableRoutes(catalog),
    ...columnRoutes(catalog),
    ...indexRoutes(catalog),
    ...rowRoutes(house),
  ];
  return {
    schema: SCHEMA,
    routes: [...routes, ...routes.map(legacyRoute)],
    forgetProject: (projectId) => {
      for (const database of catalog.databases(projectId)) {
        catalog.deleteDatabase(projectId, database.id);
      }
      transactions.records.forgetProject(projectId);
    },
  };
}
