/**
 * Who may do what in a workspace: the one table that functions decide by and pages are drawn from.
 * Everybody in the team sees everything of the workspace; abilities are about doing.
 */
import type { WorkspaceRole } from './vocabulary.ts';

export const abilities = [
  /** Open an order, make its pay link anew, cancel it. */
  'pay',
  /** Ask for the money back. */
  'refund',
  /** Verify a runtime, log in at Codex, run the smoke. */
  'operate',
  /** Be in a runtime's Control UI. */
  'enter',
  /** Take a runtime's whole state along, logins and all. */
  'export',
  /** Say who can open a runtime's backups elsewhere, and where their copies go. */
  'offsite',
  /** Invite, give roles, take out. */
  'manage',
  /** Go by oneself. */
  'leave',
  /** Delete a runtime, and take that back. */
  'delete',
] as const;
export type Ability = (typeof abilities)[number];

export const holders = {
  pay: ['owner', 'billing'],
  refund: ['owner', 'billing'],
  operate: ['owner', 'member'],
  enter: ['owner', 'member'],
  export: ['owner'],
  offsite: ['owner'],
  manage: ['owner'],
  leave: ['owner', 'member', 'billing'],
  delete: ['owner'],
} as const satisfies Readonly<Record<Ability, readonly WorkspaceRole[]>>;
