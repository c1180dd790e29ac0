/**
 * The older family of paths (`/databases/:db/collections/:c/attributes|indexes|documents`), which
 * appwrite-cli 12 uses for columns and indexes. It is the same server in other words: bodies are
 * renamed on the way in, answers and errors on the way out.
 */
import { AppwriteError, type ErrorType } from '../kernel/errors.ts';
import { ERROR_TYPES } from '../kernel/error-types.ts';
import { isJsonObject } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';

const INWARD = new Map(
  Object.entries({
    collectionId: 'tableId',
    documentId: 'rowId',
    documents: 'rows',
    documentSecurity: 'rowSecurity',
    attributes: 'columns',
    attribute: 'column',
  }),
);
const OUTWARD = new Map(
  Object.entries({
    tables: 'collections',
    columns: 'attributes',
    rows: 'documents',
    rowSecurity: 'documentSecurity',
    $tableId: '$collectionId',
  }),
);
const ROW = new Map([['$tableId', '$collectionId']]);

function renamed(source: Json, names: ReadonlyMap<string, string>): Json {
  const result: Json = {};
  for (const key in source) result[names.get(key) ?? key] = source[key];
  return result;
}

/** Operations of a transaction name their table and row as well; data stays as it is. */
function inward(body: Json): Json {
  const result = renamed(body, INWARD);
  const operations = result['operations'];
  if (!Array.isArray(operations)) return result;
  const rename = (one: unknown): unknown => (isJsonObject(one) ? renamed(one, INWARD) : one);
  return { ...result, operations: operations.map(rename) };
}

/** Only the shell of an answer is renamed: `$`-less keys inside a row are the user's own. */
function outward(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  const isRow = '$tableId' in body;
  if (isRow) return renamed(body, ROW);
  const answer = renamed(body, OUTWARD);
  for (const name of ['documents', 'collections']) {
    const items = answer[name];
    if (Array.isArray(items)) answer[name] = items.map(outward);
  }
  const indexes = answer['indexes'];
  if (Array.isArray(indexes)) answer['indexes'] = indexes.map(outward);
  return answer;
}

function legacyType(type: string): ErrorType | undefined {
  const name = type
    .replace(/^column_index_/, 'index_')
    .replace(/^column_/, 'attribute_')
    .replace(/^row_/, 'document_')
    .replace(/^table_/, 'collection_');
  return name in ERROR_TYPES ? (name as ErrorType) : undefined;
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bColumn/g, 'Attribute'],
  [/\bcolumn/g, 'attribute'],
  [/\bRow\b/g, 'Document'],
  [/\brow\b/g, 'document'],
  [/\bA table\b/g, 'A collection'],
  [/\bTable\b/g, 'Collection'],
];

function legacyError(error: unknown): unknown {
  if (!(error instanceof AppwriteError)) return error;
  const type = legacyType(error.type);
  if (type === undefined || type === error.type) return error;
  const message = WORDS.reduce((text, [from, to]) => text.replace(from, to), error.message);
  return new AppwriteError(type, message, error.code);
}

function legacyPath(path: string): string {
  return path
    .replace(/^\/tablesdb/, '/databases')
    .replace('/tables', '/collections')
    .replace('/columns', '/attributes')
    .replace('/rows', '/documents');
}

async function answer(route: Route, context: RequestContext): Promise<Answer> {
  try {
    const body = inward(context.body);
    const made = await route.handler({
      ...context,
      body,
      get query() {
        return context.query;
      },
      get queries() {
        return context.queries;
      },
    });
    return made.body === undefined ? made : { ...made, body: outward(made.body) };
  } catch (error) {
    throw legacyError(error);
  }
}

/** The same route under its older path. */
export function legacyRoute(route: Route): Route {
  return {
    ...route,
    path: legacyPath(route.path),
    handler: (context) => answer(route, context),
  };
}
