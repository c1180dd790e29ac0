/** Mock phone numbers: kept and shown for the CLI; no phone log-in uses them here. */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { isJsonObject, phone, required, text } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { projectOfRequest } from './access.ts';
import { withRest } from './changes.ts';
import { restList } from './settings.ts';

const MAX_NUMBERS = 10;
const READ = ['mocks.read', 'project.read'] as const;
const WRITE = ['mocks.write', 'project.write'] as const;

function numbersOf(house: House, context: RequestContext): Json[] {
  return restList(projectOfRequest(house, context).settings, 'mockNumbers').filter(isJsonObject);
}

function save(house: House, context: RequestContext, mockNumbers: readonly Json[]): void {
  house.projects.configure(projectOfRequest(house, context).id, withRest({ mockNumbers }));
}

function create(house: House, context: RequestContext): Answer {
  const number = required(context.body, 'number', phone);
  const otp = required(context.body, 'otp', text(6, 6));
  const others = numbersOf(house, context).filter((entry) => entry['phone'] !== number);
  if (others.length >= MAX_NUMBERS) throw new AppwriteError('general_bad_request');
  save(house, context, [...others, { phone: number, otp }]);
  return { status: 201, body: { phone: number, otp } };
}

function update(house: House, context: RequestContext): Answer {
  const number = context.params['number'] ?? '';
  const otp = required(context.body, 'otp', text(6, 6));
  const numbers = numbersOf(house, context);
  if (!numbers.some((entry) => entry['phone'] === number)) {
    throw new AppwriteError('mock_number_not_found');
  }
  save(
    house,
    context,
    numbers.map((entry) => (entry['phone'] === number ? { phone: number, otp } : entry)),
  );
  return { status: 200, body: { phone: number, otp } };
}

function remove(house: House, context: RequestContext): Answer {
  const number = context.params['number'] ?? '';
  const numbers = numbersOf(house, context);
  const left = numbers.filter((entry) => entry['phone'] !== number);
  if (left.length === numbers.length) throw new AppwriteError('mock_number_not_found');
  save(house, context, left);
  return { status: 204 };
}

export function mockPhoneRoutes(house: House): Route[] {
  return [
    {
      method: 'GET',
      path: '/project/mock-phones',
      scope: READ,
      handler(context) {
        const mockNumbers = numbersOf(house, context);
        return { status: 200, body: { total: mockNumbers.length, mockNumbers } };
      },
    },
    {
      method: 'POST',
      path: '/project/mock-phones',
      scope: WRITE,
      handler: (context) => create(house, context),
    },
    {
      method: 'PUT',
      path: '/project/mock-phones/:number',
      scope: WRITE,
      handler: (context) => update(house, context),
    },
    {
      method: 'DELETE',
      path: '/project/mock-phones/:number',
      scope: WRITE,
      handler: (context) => remove(house, context),
    },
  ];
}
