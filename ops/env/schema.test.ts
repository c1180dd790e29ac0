/** `.env.example` and the schema name the same values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { environmentNames, optionalNames, parseEnvironment } from './schema.ts';

const example = readFileSync(join(import.meta.dirname, '..', '..', '.env.example'), 'utf8');

test('every name is documented, and nothing else is', () => {
  expect(Object.keys(parseEnv(example)).toSorted()).toEqual(environmentNames.toSorted());
});

test('an empty file names all that is needed', () => {
  const parsed = parseEnvironment({});
  const missing = parsed.ok ? [] : parsed.problems.map(({ name }) => name);
  const needed = environmentNames.filter((name) => !optionalNames.includes(name));
  expect(missing.toSorted()).toEqual(needed.toSorted());
});

test('a value that does not fit is told once, and an image is one word', () => {
  const parsed = parseEnvironment({ SITE_URL: 'shop', OPENCLAW_IMAGE: 'open claw' });
  const told = parsed.ok ? [] : parsed.problems.filter(({ says }) => says !== 'is missing');
  expect(told.map(({ name }) => name)).toEqual(['SITE_URL', 'OPENCLAW_IMAGE']);
});
