/** Promise of silence: what the other themes sent through the product stands in no log of it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Query } from 'node-appwrite';
import { expect, test } from 'vitest';
import { payappUserId } from '#local/supervisor/parts.ts';
import { password } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';

const functionIds = [
  'signup',
  'account',
  'workspaces',
  'checkout',
  'payapp',
  'runtime',
  'reconcile',
  'operator',
] as const;
const pagesAtMost = 20;
const pageSize = 100;

/** Everything Appwrite keeps of the executions of a function, newest first. */
const executionsOf = async ({ admin }: TestProduct, functionId: string): Promise<string> => {
  const kept: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesAtMost; page += 1) {
    const after = cursor === undefined ? [] : [Query.cursorAfter(cursor)];
    const queries = [Query.orderDesc('$createdAt'), Query.limit(pageSize), ...after];
    const { executions } = await admin.functions.listExecutions({ functionId, queries });
    kept.push(JSON.stringify(executions));
    cursor = executions.at(-1)?.$id;
    if (executions.length < pageSize) break;
  }
  return kept.join('\n');
};

const secretsOf = ({ secrets }: TestProduct): Readonly<Record<string, string>> => {
  const signingKey = JSON.parse(secrets.ticketSigningKey) as { readonly d: string };
  return {
    'link key': secrets.payappLinkKey,
    'link value': secrets.payappLinkVal,
    'link key, encoded': encodeURIComponent(secrets.payappLinkKey),
    'order token key': secrets.orderTokenKey,
    'signing key': signingKey.d,
    'installation key': secrets.appwriteKey,
    'deployer key': secrets.dokployKey,
    'operator password': secrets.operatorPassword,
    'customer password': password,
    'phone number': '01012345678',
    'phone number as typed': '010-1234-5678',
  };
};

const found = (text: string, product: TestProduct): readonly string[] =>
  Object.entries(secretsOf(product)).flatMap(([name, value]) =>
    text.includes(value) ? [name] : [],
  );

export const silence = (product: () => TestProduct): void => {
  test.each(functionIds)('%s: its executions tell no secret', async (functionId) => {
    const kept = await executionsOf(product(), functionId);
    expect(kept).toContain('$id');
    expect(found(kept, product())).toEqual([]);
  });

  test('no part writes a secret to its log', () => {
    const { logs } = product();
    const files = readdirSync(logs);
    expect(files).toContain('appwrite.log');
    for (const file of files) {
      expect([file, ...found(readFileSync(join(logs, file), 'utf8'), product())]).toEqual([file]);
    }
  });

  test('rows hold no key, password or phone number', async () => {
    const { admin } = product();
    for (const table of [
      'orders',
      'notices',
      'timeline',
      'tasks',
      'members',
      'invites',
      'billing_requests',
    ] as const) {
      const kept = JSON.stringify(await admin.list(table, Query.orderDesc('$createdAt')));
      expect([table, ...found(kept, product())]).toEqual([table]);
      expect(kept).not.toContain(`"${payappUserId}"`);
    }
  });
};
