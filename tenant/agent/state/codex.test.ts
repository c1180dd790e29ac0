import { expect, it } from 'vitest';
import { codexFactOf } from './codex.ts';

it.each([
  [[], { status: 'none', loginExpiresAtMs: null }],
  [[{ provider: 'anthropic', status: 'ok' }], { status: 'none', loginExpiresAtMs: null }],
  [[{ provider: 'openai', status: 'missing' }], { status: 'none', loginExpiresAtMs: null }],
  [
    [{ provider: 'openai', status: 'missing', profiles: [{ profileId: 'p', type: 'oauth' }] }],
    { status: 'expired', loginExpiresAtMs: null },
  ],
  [
    [{ provider: 'openai', status: 'missing', profiles: [{ profileId: 'p', type: 'api_key' }] }],
    { status: 'none', loginExpiresAtMs: null },
  ],
  [
    [{ provider: 'openai', status: 'ok', expiry: { at: 5 } }],
    { status: 'ok', loginExpiresAtMs: 5 },
  ],
  [
    [{ provider: 'openai-codex', status: 'expiring' }],
    { status: 'expiring', loginExpiresAtMs: null },
  ],
  [[{ provider: 'openai', status: 'expired' }], { status: 'expired', loginExpiresAtMs: null }],
  // An API key is not the customer's Codex login; what else it is, is not ours to say.
  [[{ provider: 'openai', status: 'static' }], { status: 'unknown', loginExpiresAtMs: null }],
])('%j reads as %j', (providers, fact) => {
  expect(codexFactOf({ providers })).toEqual(fact);
});
