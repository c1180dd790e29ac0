/** Which name somebody bought decides whose cookies the API's are. */
import { expect, test } from 'vitest';
import { registrable } from './by-hand.ts';

test.each([
  ['shop.example.com', 'example.com'],
  ['example.com', 'example.com'],
  ['api.shop.co.kr', 'shop.co.kr'],
  ['shop.co.kr', 'shop.co.kr'],
  ['api.other.or.kr', 'other.or.kr'],
  ['co.kr.example.com', 'example.com'],
])('%s belongs to %s', (host, owner) => {
  expect(registrable(host)).toBe(owner);
});
