/**
 * The password policies of a project: no part of the person in it, none of the last ones again,
 * none of the most used. Each applies only where the project's settings switch it on.
 */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import type { Project } from '../kernel/types.ts';
import { restNumber } from '../projects/settings.ts';
import { passwordMatches } from './password.ts';

export const PASSWORD_HISTORY_SCHEMA = `
CREATE TABLE IF NOT EXISTS password_history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  password TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS password_history_by_user ON password_history (project_id, user_id);
`;

/** A short list: the server's own has ten thousand. */
const MOST_USED = new Set(
  (
    'password password1 password12 password123 password1234 passw0rd p@ssword p@ssw0rd ' +
    '12345678 123456789 1234567890 0123456789 87654321 987654321 11111111 00000000 88888888 ' +
    'qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx ' +
    'asdfghjk asdfghjkl zxcvbnm123 iloveyou sunshine princess football baseball superman ' +
    'trustno1 letmein1 welcome1 welcome123 admin123 admin1234 administrator changeme changeme1 ' +
    'abcd1234 abc12345 abcdefgh a1b2c3d4 aaaaaaaa computer internet whatever starwars michelle'
  ).split(' '),
);

export interface PasswordOwner {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
}

/** However short a part is: the mailbox `al@…` forbids `Signal-99`, as on the server. */
export function holdsPersonalData(password: string, owner: PasswordOwner): boolean {
  const lower = password.toLowerCase();
  const mailbox = owner.email?.split('@')[0] ?? '';
  const parts = [
    owner.id,
    owner.name,
    owner.email ?? '',
    mailbox,
    (owner.phone ?? '').replace('+', ''),
  ];
  return parts.some((part) => part !== '' && lower.includes(part.toLowerCase()));
}

/** The ones that need no stored state. */
export function refuseByPolicy(project: Project, password: string, owner: PasswordOwner): void {
  const { rest } = project.settings;
  if (rest['passwordDictionary'] === true && MOST_USED.has(password.toLowerCase())) {
    throw new AppwriteError(
      'general_argument_invalid',
      'Invalid `password` param: Password must be between 8 and 256 characters long, and ' +
        'should not be one of the commonly used password.',
    );
  }
  if (rest['personalDataCheck'] === true && holdsPersonalData(password, owner)) {
    throw new AppwriteError('password_personal_data');
  }
}

/** Throws password_recently_used for one of the last passwords the project remembers. */
export async function refuseRecent(
  house: House,
  project: Project,
  userId: string,
  password: string,
): Promise<void> {
  const remembered = restNumber(project.settings, 'passwordHistory');
  if (remembered === 0) return;
  const rows = house.services.store
    .prepare(
      `SELECT password FROM password_history WHERE project_id = ? AND user_id = ?
         ORDER BY seq DESC LIMIT ?`,
    )
    .all(project.id, userId, remembered);
  const answers = await Promise.all(
    rows.map((row) => passwordMatches(password, String(row['password']))),
  );
  if (answers.includes(true)) throw new AppwriteError('password_recently_used');
}

/** Remembers a new hash and forgets what is older than the project asks for. */
export function rememberPassword(
  house: House,
  project: Project,
  userId: string,
  passwordHash: string,
): void {
  const remembered = restNumber(project.settings, 'passwordHistory');
  if (remembered === 0) return;
  const { store } = house.services;
  store.transaction(() => {
    store
      .prepare('INSERT INTO password_history (project_id, user_id, password) VALUES (?, ?, ?)')
      .run(project.id, userId, passwordHash);
    store
      .prepare(
        `DELETE FROM password_history WHERE project_id = ?1 AND user_id = ?2 AND seq NOT IN
           (SELECT seq FROM password_history WHERE project_id = ?1 AND user_id = ?2
              ORDER BY seq DESC LIMIT ?3)`,
      )
      .run(project.id, userId, remembered);
  });
}

export function forgetPasswords(house: House, projectId: string, userId: string | null): void {
  house.services.store
    .prepare('DELETE FROM password_history WHERE project_id = ?1 AND (?2 IS NULL OR user_id = ?2)')
    .run(projectId, userId);
}
