import { expect, test } from 'vitest';
import { injectedHeaders, keptRequestHeaders, mergeHeaders, readCallerHeaders } from './headers.ts';

const injected = injectedHeaders({
  executionId: 'e1',
  key: 'ephemeral_k',
  trigger: 'http',
  userId: 'alice',
  userJwt: '',
});

test('a lower-case server name is refused, a mixed-case one passes as in reality', () => {
  expect(() => readCallerHeaders({ headers: { 'x-appwrite-user-id': 'victim' } })).toThrow(
    /cannot start with/,
  );
  const caller = readCallerHeaders({ headers: { 'X-Appwrite-User-Id': 'victim' } });
  const merged = mergeHeaders(caller, injected);
  const spelled = merged.filter((pair) => pair.name.toLowerCase() === 'x-appwrite-user-id');
  expect(spelled.map((pair) => pair.value)).toEqual(['victim', 'alice']);
});

test('through a domain the server overwrites its own names and leaves the event', () => {
  const caller = [
    { name: 'x-appwrite-user-id', value: 'victim' },
    { name: 'x-appwrite-event', value: 'forged' },
  ];
  const merged = new Map(mergeHeaders(caller, injected).map(({ name, value }) => [name, value]));
  expect(merged.get('x-appwrite-user-id')).toBe('alice');
  expect(merged.get('x-appwrite-event')).toBe('forged');
});

test('headers that are no object count as none; too many are refused', () => {
  expect(readCallerHeaders({ headers: 'x' })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`h${String(at)}`, '1']));
  expect(() => readCallerHeaders({ headers: many })).toThrow();
  expect(() => readCallerHeaders({ headers: { 'bad name': '1' } })).toThrow();
});

test('only five request headers are kept with the execution', () => {
  const headers = [
    { name: 'Content-Type', value: 'text/plain' },
    { name: 'authorization', value: 'secret' },
    { name: 'x-appwrite-key', value: 'secret' },
  ];
  expect(keptRequestHeaders(headers)).toEqual([{ name: 'content-type', value: 'text/plain' }]);
});
