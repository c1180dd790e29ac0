/**
 * Passwords that are refused: made of the e-mail address, of one repeated or running pattern, or
 * one of the words everybody tries first. Length is the schema's business.
 */
const common = new Set([
  'password',
  'passw0rd',
  'qwertyui',
  'qwertyuiop',
  'asdfghjkl',
  'letmein',
  'iloveyou',
  'welcome',
  'admin',
  'administrator',
  'openclaw',
  'hosteddedicated',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'trustno',
  'abc',
  'abcabc',
  'qazwsx',
  'qazwsxedc',
  'zaqwsx',
  'changeme',
  'secret',
  'default',
  'qwer',
  'qwerasdf',
  'asdfqwer',
  'tkfkdgo',
  'dkssud',
]);

const minimumDistinct = 4;

export const isWeakPassword = (password: string, email: string): boolean => {
  const lower = password.toLowerCase();
  const local = email.toLowerCase().split('@', 1)[0] ?? '';
  if (lower === email.toLowerCase() || (local.length >= 4 && lower.includes(local))) return true;
  if (new Set(lower).size < minimumDistinct) return true;
  if (isRun(lower)) return true;
  // `Password123!` is `password` with decoration.
  const word = lower.replace(/^[^a-z]+|[^a-z]+$/g, '');
  return common.has(lower) || common.has(word);
};

/** 12345678, hgfedcba. */
const isRun = (text: string): boolean => {
  const steps = new Set<number>();
  for (let index = 1; index < text.length; index += 1) {
    steps.add(text.charCodeAt(index) - text.charCodeAt(index - 1));
  }
  const [step] = steps;
  return steps.size === 1 && (step === 1 || step === -1);
};
