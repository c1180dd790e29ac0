import { expect, test } from 'vitest';
import { isDue, isSchedule } from './cron.ts';

const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`);

test('only five fields make a schedule', () => {
  expect(isSchedule('*/5 * * * *')).toBe(true);
  expect(isSchedule('* * * * * *')).toBe(false);
  expect(isSchedule('sometimes')).toBe(false);
  expect(isSchedule('61 * * * *')).toBe(false);
});

test('due is the whole minute, in UTC', () => {
  expect(isDue('30 4 * * *', at('04:30:00.000'))).toBe(true);
  expect(isDue('30 4 * * *', at('04:30:59.999'))).toBe(true);
  expect(isDue('30 4 * * *', at('04:31:00.000'))).toBe(false);
  expect(isDue('* * * * *', at('23:59:12.000'))).toBe(true);
});
