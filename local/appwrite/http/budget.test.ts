import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { AppwriteError } from '../kernel/errors.ts';
import { BodyBudget, readWithin } from './budget.ts';

const tooLarge = (): AppwriteError => new AppwriteError('general_entity_too_large');

const body = (...sizes: readonly number[]): Readable =>
  Readable.from(sizes.map((size) => Buffer.alloc(size)));

test('bodies that fit one by one but not together are refused, and room comes back', async () => {
  const budget = new BodyBudget(100);
  budget.take(60);
  const limits = { maxBytes: 90, budget };
  await expect(readWithin(body(20, 30), limits, tooLarge)).rejects.toMatchObject({ code: 503 });
  budget.release(60);
  expect(await readWithin(body(20, 30, 40), limits, tooLarge)).toHaveLength(90);
  expect(await readWithin(body(90), limits, tooLarge)).toHaveLength(90);
  await expect(readWithin(body(50, 41), limits, tooLarge)).rejects.toMatchObject({ code: 413 });
  expect(await readWithin(body(90), limits, tooLarge)).toHaveLength(90);
});
