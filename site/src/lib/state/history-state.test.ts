import * as devalue from 'devalue';
import { expect, it } from 'vitest';
import { parse, stringify } from './history-state.ts';

it('writes and reads the empty state of an entry as devalue does', () => {
  expect(stringify({})).toBe(devalue.stringify({}));
  expect(parse(devalue.stringify({}))).toEqual({});
});

it.each([[{ open: true }], [['a']], [null], [new Map([['a', 1]])]])(
  'takes nothing that would have to be kept: %j',
  (state) => {
    expect(() => stringify(state)).toThrow('history-state.ts');
    expect(() => parse(devalue.stringify(state))).toThrow('history-state.ts');
  },
);
