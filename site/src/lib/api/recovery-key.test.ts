import { Decrypter, Encrypter } from 'age-encryption';
import { expect, it } from 'vitest';
import { recipientPattern } from '#schemas/contract/agent-offsite.ts';
import { identityIn, keyFileOf, makeRecoveryKey } from './recovery-key.ts';

it('what is locked with its public half opens with the file, and each is another', async () => {
  const key = await makeRecoveryKey();
  expect(key.recipient).toMatch(recipientPattern);
  expect((await makeRecoveryKey()).identity).not.toBe(key.identity);
  const identity = identityIn(keyFileOf(key, ['Recovery key', '복구 키']).replaceAll('\n', '\r\n'));
  expect(identity).toBe(key.identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(key.recipient);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity ?? '');
  expect(await decrypter.decrypt(await encrypter.encrypt('sealed'), 'text')).toBe('sealed');
});

it('another file holds none', () => {
  expect(identityIn('')).toBeNull();
  expect(identityIn('AGE-SECRET-KEY-PQ-1ABC')).toBeNull();
  expect(identityIn(`see AGE-SECRET-KEY-1${'Q'.repeat(58)}`)).toBeNull();
});
