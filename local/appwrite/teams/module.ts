import type { House } from '../account/house.ts';
import type { Module } from '../kernel/types.ts';

export function createTeams(_house: House): Module {
  return { schema: '', routes: [] };
}
