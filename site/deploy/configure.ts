/**
 * Makes a build ready for one installation: writes `config.json` beside it and narrows the policy
 * of every page from "any encrypted host" to the hosts this installation has. Run on a copy of
 * `site/build` before it is pushed; running it twice gives the same files.
 *
 *   node site/deploy/configure.ts <folder> --endpoint https://api.example.com/v1 \
 *     --project main --runtime-domain runtimes.example.com [--runtime-scheme http]
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { narrowPolicy, sourcesOf } from './policy.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    endpoint: { type: 'string' },
    project: { type: 'string' },
    'runtime-domain': { type: 'string' },
    'runtime-scheme': { type: 'string', default: 'https' },
  },
});
const [folder] = positionals;
const { endpoint, project } = values;
const runtimeDomain = values['runtime-domain'];
if (folder === undefined || endpoint === undefined || project === undefined) {
  process.stderr.write('usage: configure.ts <folder> --endpoint <url> --project <id>\n');
  process.exit(2);
}

const runtimes =
  runtimeDomain === undefined
    ? {}
    : { runtimeOrigin: `${values['runtime-scheme']}://*.${runtimeDomain}` };
const sources = sourcesOf({ endpoint, ...runtimes });
const pages = (await readdir(folder)).filter((name) => name.endsWith('.html'));
for (const page of pages) {
  const file = join(folder, page);
  await writeFile(file, narrowPolicy(await readFile(file, 'utf8'), sources));
}
const domain = runtimeDomain === undefined ? {} : { runtimeDomain };
await writeFile(
  join(folder, 'config.json'),
  JSON.stringify({ endpoint, projectId: project, ...domain }),
);
