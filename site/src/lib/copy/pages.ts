/** Texts that one page alone shows, loaded with it. */
import type { Locale } from '#schemas/contract/vocabulary.ts';
import type { AccountCopy, ManageCopy, MembersCopy, OperatorCopy, TermCopy } from './index.ts';

export const loadAccount = async (locale: Locale): Promise<AccountCopy> =>
  locale === 'ko'
    ? (await import('./ko/account.ts')).account
    : (await import('./en/account.ts')).account;

export const loadManage = async (locale: Locale): Promise<ManageCopy> =>
  locale === 'ko'
    ? (await import('./ko/manage.ts')).manage
    : (await import('./en/manage.ts')).manage;

export const loadMembers = async (locale: Locale): Promise<MembersCopy> =>
  locale === 'ko'
    ? (await import('./ko/members.ts')).members
    : (await import('./en/members.ts')).members;

export const loadOperator = async (locale: Locale): Promise<OperatorCopy> =>
  locale === 'ko'
    ? (await import('./ko/operator.ts')).operator
    : (await import('./en/operator.ts')).operator;

export const loadTerm = async (locale: Locale): Promise<TermCopy> =>
  locale === 'ko' ? (await import('./ko/term.ts')).term : (await import('./en/term.ts')).term;
