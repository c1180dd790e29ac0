/**
 * The key that opens backups when their server is lost: an age identity, made in this browser and sent
 * nowhere. Its library is fetched when somebody asks for a key.
 */
import { identityPattern } from '#schemas/contract/agent-offsite.ts';

export interface RecoveryKey {
  /** `AGE-SECRET-KEY-1…`: for its owner alone. */
  readonly identity: string;
  /** `age1…`: locks, and opens nothing. */
  readonly recipient: string;
}

export const makeRecoveryKey = async (): Promise<RecoveryKey> => {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
};

/** As `age-keygen` writes it, so that `age -d -i` takes it; `notes` stand before it as comments. */
export const keyFileOf = (
  { identity, recipient }: RecoveryKey,
  notes: readonly string[],
): string => {
  const comments = notes.map((note) => `# ${note}\n`).join('');
  return `${comments}# public key: ${recipient}\n${identity}\n`;
};

/** The key in a file of ours, or of `age-keygen`; null = there is none. */
export const identityIn = (text: string): string | null =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => identityPattern.test(line)) ?? null;

/** Hands a text to the browser's own downloads. */
export const saveText = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};
