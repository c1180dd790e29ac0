import { describe, expect, test } from 'vitest';
import { locales, messageKinds } from '#schemas/contract/vocabulary.ts';
import type { Locale, MessageKind } from '#schemas/contract/vocabulary.ts';
import { messageValues } from '#schemas/record/message.ts';
import type { MessageValues } from '#schemas/record/message.ts';
import { renderMail } from './render.ts';
import type { Mail } from './render.ts';

const now = new Date('2026-11-27T09:00:00.000Z');
const siteUrl = 'https://dedicated.example/';
const path = '/?workspace=w1&runtime=r1';
const hostile = '<img src=x onerror="alert(1)"> & \u2028Söhne '.padEnd(64, 'W');
const later = '2026-12-04T06:30:00.000Z';
const ofRuntime = { runtimeName: hostile, path };

const samples: { readonly [K in MessageKind]: MessageValues<K> } = {
  receipt: {
    ...ofRuntime,
    amountKrw: 1_404_000,
    months: 12,
    paidAt: later,
    orderId: 'order-1',
    receiptUrl: 'https://pay.example/c/1?a=1&b=2',
  },
  ready: ofRuntime,
  renewal_due: { ...ofRuntime, endsAt: later, amountKrw: 39_000, months: 1 },
  grace: { ...ofRuntime, endedAt: now.toISOString(), suspendsAt: later, amountKrw: 39_000 },
  suspended: { ...ofRuntime, deletesAt: later },
  resumed: { ...ofRuntime, paidUntil: later },
  deletion_warning: { ...ofRuntime, deletesAt: later },
  deletion_planned: { ...ofRuntime, deletesAt: later },
  deleted: { ...ofRuntime, deletedAt: later, volumes: 'not_shown' },
  login_expiring: ofRuntime,
  login_lost: ofRuntime,
  copies_failing: { ...ofRuntime, since: later },
  update_planned: { ...ofRuntime, version: '2026.7.1', at: later, latestAt: later },
  update_done: { ...ofRuntime, version: '2026.7.1', at: later },
  update_rolled_back: { ...ofRuntime, version: '2026.7.1', keptVersion: '2026.6.9', at: later },
  autopay_failed: { ...ofRuntime, amountKrw: 39_000, endsAt: later, isFirst: false },
  autopay_ended: { ...ofRuntime, endsAt: later, reason: 'paid_by_hand' },
  member_invited: {
    workspaceName: hostile,
    role: 'billing',
    expiresAt: later,
    path: '/',
  },
};

const mailOf = (kind: MessageKind, locale: Locale, values: object = samples[kind]): Mail => {
  const mail = renderMail(kind, JSON.stringify(values), { locale, now, siteUrl });
  if (mail === null) throw new Error('not rendered');
  return mail;
};
/** What a provider makes of it for readers of plain text: PHP's `strip_tags`. */
const textOf = (html: string): string => html.replaceAll(/<[^>]*>/g, '').trim();

const every = messageKinds.flatMap((kind) => locales.map((locale) => [kind, locale] as const));

describe.each(every)('%s in %s', (kind, locale) => {
  const mail = mailOf(kind, locale);

  test('has a subject of one line that no mail program cuts', () => {
    expect(mail.subject.length).toBeLessThanOrEqual(78);
    expect(mail.subject).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]{8,}$/u);
  });

  test('says nothing it does not know', () => {
    expect(mail.subject + mail.html).not.toMatch(/undefined|null|NaN|Invalid|\[object|\$\{/);
  });

  test('takes nothing a customer named for HTML', () => {
    const allowed = new Set(
      ['!doctype', 'html', 'head', 'meta', 'body', 'p', 'br', 'b', 'a', 'small'].flatMap((tag) => [
        tag,
        `/${tag}`,
      ]),
    );
    const tags = [...mail.html.matchAll(/<([^\s>]+)/g)].map(([, tag]) => tag);
    expect(tags.filter((tag) => !allowed.has(tag ?? ''))).toEqual([]);
    expect(mail.html).not.toMatch(/<[^>]*onerror/);
    expect(mail.html).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
  });

  test('speaks of every value of its kind', () => {
    const values = samples[kind];
    for (const name of Object.keys(messageValues[kind].shape)) {
      const other = { ...values, [name]: otherThan(name, values) };
      const changed = mailOf(kind, locale, other);
      expect(changed.subject + changed.html, name).not.toBe(mail.subject + mail.html);
    }
  });

  test('reads as lines without its tags, and leads to the site', () => {
    const lines = textOf(mail.html).split(/\n+/);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(mail.html).toContain(`href="${siteUrl.slice(0, -1)}/`);
  });

  test('is in its language', () => {
    const named = /["“][^”]*[”"]/g;
    const own = textOf(mail.html).replaceAll(named, '');
    if (locale === 'ko') expect(own).toMatch(/다\./);
    else expect(own).not.toMatch(/\p{Script=Hangul}/u);
    expect(mail.html).toContain(`<html lang="${locale}">`);
  });
});

const otherThan = (name: string, values: object): unknown => {
  const value: unknown = values[name as keyof typeof values];
  if (name === 'role') return 'owner';
  if (name === 'volumes') return 'not_listed';
  if (name === 'path') return '/elsewhere';
  if (name === 'reason') return 'member';
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  const text = String(value);
  return /^\d{4}-/.test(text) ? '2026-12-24T11:00:00.000Z' : `${text.slice(0, 8)}7`;
};

describe('values are told as the reader knows them', () => {
  test('Korean: won after the number, Korean time', () => {
    const { html } = mailOf('receipt', 'ko');
    expect(html).toContain('1,404,000원');
    expect(html).toContain('2026년 12월 4일 오후 3:30');
    expect(html).toContain('12개월');
  });

  test('English: won before the number, and the time zone is said', () => {
    const { html } = mailOf('receipt', 'en');
    expect(html).toContain('₩1,404,000');
    expect(html).toContain('December 4, 2026 at 6:30 AM UTC');
    expect(html).toContain('12 months');
  });

  test.each([
    ['2026-12-04T09:00:00.000Z', '7일 뒤', 'in 7 days'],
    ['2026-11-28T08:00:00.000Z', '1일 뒤', 'in 1 day'],
    ['2026-11-27T08:00:00.000Z', '곧', 'soon'],
  ])('what is left until %s', (deletesAt, ko, en) => {
    const values = { ...samples.deletion_warning, deletesAt };
    expect(mailOf('deletion_warning', 'ko', values).subject).toMatch(new RegExp(`^${ko} `));
    expect(mailOf('deletion_warning', 'en', values).subject).toMatch(new RegExp(` ${en}$`));
  });
});

describe('nothing goes out', () => {
  test.each([
    ['with a value missing', { runtimeName: 'First' }],
    ['with a link to another site', { runtimeName: 'First', path: '//evil.example/' }],
    ['with a link of another scheme', { runtimeName: 'First', path: 'javascript:alert(1)' }],
  ])('%s', (_, values) => {
    const reader = { locale: 'ko', now, siteUrl } as const;
    expect(renderMail('ready', JSON.stringify(values), reader)).toBeNull();
  });

  test('of a receipt page that is no web address but the rest', () => {
    const values = { ...samples.receipt, receiptUrl: 'javascript:alert(1)' };
    expect(mailOf('receipt', 'en', values).html).not.toContain('javascript');
  });
});
