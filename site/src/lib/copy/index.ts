/**
 * Texts by language and by part. A missing key does not type-check; a part is loaded when the page
 * that shows it is, so that the first page carries one language and its own words only. What one
 * page alone shows is loaded by `pages.ts`.
 */
import type { Locale } from '#schemas/contract/vocabulary.ts';
import type { AccountCopy } from './en/account.ts';
import type { BaseCopy } from './en/base.ts';
import type { ErrorsCopy } from './en/errors.ts';
import type { ManageCopy } from './en/manage.ts';
import type { MembersCopy } from './en/members.ts';
import type { OperatorCopy } from './en/operator.ts';
import type { OrdersCopy } from './en/orders.ts';
import type { ProductCopy } from './en/product.ts';
import type { TermCopy } from './en/term.ts';

export type {
  AccountCopy,
  BaseCopy,
  ErrorsCopy,
  ManageCopy,
  MembersCopy,
  OperatorCopy,
  OrdersCopy,
  ProductCopy,
  TermCopy,
};

export const loadBase = async (locale: Locale): Promise<BaseCopy> =>
  locale === 'ko' ? (await import('./ko/base.ts')).base : (await import('./en/base.ts')).base;

export const loadErrors = async (locale: Locale): Promise<ErrorsCopy> =>
  locale === 'ko'
    ? (await import('./ko/errors.ts')).errorsCopy
    : (await import('./en/errors.ts')).errorsCopy;

export const loadProduct = async (locale: Locale): Promise<ProductCopy> =>
  locale === 'ko'
    ? (await import('./ko/product.ts')).product
    : (await import('./en/product.ts')).product;

export const loadOrders = async (locale: Locale): Promise<OrdersCopy> =>
  locale === 'ko'
    ? (await import('./ko/orders.ts')).orders
    : (await import('./en/orders.ts')).orders;
