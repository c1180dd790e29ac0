/** Deploys the naive handler beside the product's functions, with a table of its own. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { Functions, Runtime, ProjectKeyScopes, TablesDBIndexType } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { create } from 'tar';
import { payappUserId } from '#local/supervisor/parts.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { eventually } from '#tests/support/http.ts';
import type { TestProduct } from '#tests/support/product.ts';

export const naiveId = 'naive';
export const naiveTable = 'bench_payments';
const deployedWithinMs = 60_000;

/** Bundled, which templates are not: it starts faster this way than it would in earnest. */
export const bundleNaive = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'main.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'naive.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
};

const makeTable = async ({ admin }: TestProduct): Promise<void> => {
  const place = { databaseId, tableId: naiveTable };
  await admin.rows.createTable({ ...place, name: naiveTable });
  for (const [key, size] of [
    ['orderId', 36],
    ['mulNo', 20],
    ['payState', 3],
    ['payDate', 19],
  ] as const) {
    await admin.rows.createVarcharColumn({ ...place, key, size, required: true });
  }
  await admin.rows.createIntegerColumn({ ...place, key: 'priceKrw', required: true });
  const index = { key: 'byMulNo', type: TablesDBIndexType.Key, columns: ['mulNo', 'payDate'] };
  await admin.rows.createIndex({ ...place, ...index });
};

export const deployNaive = async (product: TestProduct, folder: string): Promise<string> => {
  await makeTable(product);
  const bundle = await bundleNaive(folder);
  const archive = join(folder, 'code.tar.gz');
  await create({ gzip: true, file: archive, cwd: folder }, ['main.mjs']);
  const functions = new Functions(product.admin.client);
  await functions.create({
    functionId: naiveId,
    name: naiveId,
    runtime: Runtime.Node22,
    execute: ['any'],
    timeout: 10,
    entrypoint: 'main.mjs',
    scopes: [ProjectKeyScopes.RowsRead, ProjectKeyScopes.RowsWrite],
  });
  const variables = {
    PAYAPP_USERID: payappUserId,
    PAYAPP_LINKKEY: product.secrets.payappLinkKey,
    PAYAPP_LINKVAL: product.secrets.payappLinkVal,
  };
  for (const [key, value] of Object.entries(variables)) {
    await functions.createVariable({ functionId: naiveId, variableId: key, key, value });
  }
  await functions.createDeployment({
    functionId: naiveId,
    code: InputFile.fromPath(archive, 'code.tar.gz'),
    activate: true,
  });
  await eventually(
    async () => (await functions.get({ functionId: naiveId })).latestDeploymentStatus,
    (status) => status === 'ready',
    deployedWithinMs,
  );
  return bundle;
};
