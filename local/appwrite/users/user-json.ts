/** A user as answered to keys (with the password hash) and to itself (without). */
import { jsonColumn, listColumn } from '../kernel/lists.ts';
import type { Json } from '../kernel/types.ts';
import { HASH_NAME, HASH_OPTIONS } from './password.ts';
import type { UserRow } from './user-store.ts';

/** Mail services anyone may join; the answer only says so, nothing depends on it. */
const FREE_MAIL = new Set(['gmail.com', 'naver.com', 'daum.net', 'outlook.com', 'yahoo.com']);

function targets(user: UserRow): Json[] {
  if (user.email === null) return [];
  return [
    {
      $id: user.target_id,
      $createdAt: user.created_at,
      $updatedAt: user.target_updated_at,
      name: '',
      userId: user.id,
      providerId: null,
      providerType: 'email',
      identifier: user.email,
      expired: false,
    },
  ];
}

export function accountJson(user: UserRow): Json {
  const free = FREE_MAIL.has(user.email?.split('@')[1] ?? '');
  return {
    $id: user.id,
    $createdAt: user.created_at,
    $updatedAt: user.updated_at,
    name: user.name,
    registration: user.created_at,
    status: user.status === 1,
    labels: listColumn(user.labels),
    passwordUpdate: user.password_updated_at,
    email: user.email ?? '',
    phone: user.phone ?? '',
    emailVerification: user.email_verified === 1,
    emailCanonical: user.email ?? '',
    emailIsFree: free,
    emailIsDisposable: false,
    emailIsCorporate: user.email !== null && !free,
    emailIsCanonical: true,
    phoneVerification: user.phone_verified === 1,
    mfa: false,
    prefs: jsonColumn(user.prefs, {}),
    targets: targets(user),
    accessedAt: user.accessed_at,
    impersonator: false,
    impersonatorUserId: null,
  };
}

export function userJson(user: UserRow): Json {
  return {
    ...accountJson(user),
    password: user.password,
    hash: HASH_NAME,
    hashOptions: HASH_OPTIONS,
  };
}
