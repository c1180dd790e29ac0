import { describe, expect, it } from 'vitest';
import * as der from './der.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('DER', () => {
  it('writes lengths in their shortest form', () => {
    expect(hex(der.octetString(Buffer.alloc(0)))).toBe('0400');
    expect(hex(der.octetString(Buffer.alloc(127))).slice(0, 4)).toBe('047f');
    expect(hex(der.octetString(Buffer.alloc(128))).slice(0, 6)).toBe('048180');
    expect(hex(der.octetString(Buffer.alloc(65_536))).slice(0, 10)).toBe('0483010000');
  });

  it('writes integers without spare zeroes and never negative', () => {
    expect(hex(der.integer(Buffer.from([0])))).toBe('020100');
    expect(hex(der.integer(Buffer.from([0, 0, 5])))).toBe('020105');
    expect(hex(der.integer(Buffer.from([0x80])))).toBe('02020080');
  });

  it('writes object identifiers in base 128', () => {
    expect(hex(der.objectIdentifier('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302');
    expect(hex(der.objectIdentifier('2.5.29.17'))).toBe('0603551d11');
  });

  it('writes whole seconds in UTC', () => {
    expect(der.generalizedTime(new Date('2026-11-23T08:09:10.999Z')).toString('latin1')).toBe(
      '\u0018\u000f20261123080910Z',
    );
  });
});
