/** Routes of rows with their rate limits, which hold for clients only. */
import type { RateLimit, RequestContext, Route } from '../kernel/types.ts';
import * as bulk from './bulk.ts';
import * as rows from './rows.ts';
import type { RowServices } from './rows.ts';
import { ROWS_READ, ROWS_WRITE } from './scopes.ts';

const BASE = '/tablesdb/:databaseId/tables/:tableId/rows';
const ONE = `${BASE}/:rowId`;

function limitKey(context: RequestContext): string {
  return `${context.ip} ${context.method} ${context.path} ${context.caller.userId}`;
}

const WRITES: RateLimit = { limit: 120, windowSeconds: 60, key: limitKey };
const DELETES: RateLimit = { limit: 60, windowSeconds: 60, key: limitKey };

export function rowRoutes(house: RowServices): readonly Route[] {
  const read = (path: string, handler: Route['handler']): Route => ({
    method: 'GET',
    path,
    scope: ROWS_READ,
    handler,
  });
  const write = (method: Route['method'], path: string, handler: Route['handler']): Route => ({
    method,
    path,
    scope: ROWS_WRITE,
    rateLimit: method === 'DELETE' ? DELETES : WRITES,
    handler,
  });
  return [
    read(BASE, (context) => rows.listMany(house, context)),
    read(ONE, (context) => rows.getOne(house, context)),
    write('POST', BASE, (context) => bulk.create(house, context)),
    write('PUT', BASE, (context) => bulk.upsertMany(house, context)),
    write('PATCH', BASE, (context) => bulk.updateMany(house, context)),
    write('DELETE', BASE, (context) => bulk.deleteMany(house, context)),
    write('PATCH', ONE, (context) => rows.updateOne(house, context)),
    write('PUT', ONE, (context) => rows.upsertOne(house, context)),
    write('DELETE', ONE, (context) => rows.deleteOne(house, context)),
    write('PATCH', `${ONE}/:column/increment`, (context) => rows.stepOne(house, context, 1)),
    write('PATCH', `${ONE}/:column/decrement`, (context) => rows.stepOne(house, context, -1)),
  ];
}
