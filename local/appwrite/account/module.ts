import type { House } from '../account/house.ts';
import type { Module } from '../kernel/types.ts';

export function createAccount(_house: House): Module {
  return { schema: '', routes: [] };
}
