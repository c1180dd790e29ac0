/** Whom of a workspace a notice concerns: owners always, and those who can do what it asks for. */
import { holders } from '#schemas/contract/roles.ts';
import type { Ability } from '#schemas/contract/roles.ts';
import type { MessageKind, WorkspaceRole } from '#schemas/contract/vocabulary.ts';

const asks: Readonly<Record<MessageKind, Ability>> = {
  receipt: 'pay',
  renewal_due: 'pay',
  grace: 'pay',
  suspended: 'pay',
  resumed: 'pay',
  deletion_warning: 'pay',
  deletion_planned: 'manage',
  deleted: 'manage',
  ready: 'manage',
  login_expiring: 'operate',
  login_lost: 'operate',
  copies_failing: 'offsite',
  update_planned: 'manage',
  update_done: 'manage',
  update_rolled_back: 'manage',
  member_invited: 'manage',
  autopay_failed: 'pay',
  autopay_ended: 'pay',
};

export const rolesFor = (kind: MessageKind): readonly WorkspaceRole[] => holders[asks[kind]];
