/**
 * `/_ctl`: what a test or a developer turns and reads.
 * Guarantees: no key is ever shown; a web page cannot reach it (any `Origin` is refused).
 */
import * as z from 'zod';
import { noFaults, planFaults } from './faults.ts';
import type { Answer } from './http.ts';
import { json, parseJson } from './http.ts';
import { noticeFields } from './notice.ts';
import { FAULT_PLANS } from './plans.ts';
import { tick } from './rebill-commands.ts';
import { nextCycleMs } from './rebill.ts';
import type { PayRequest } from './request.ts';
import { advance } from './request.ts';
import type { World } from './world.ts';
import { keepAndAnnounce } from './world.ts';

const SHIFT_LIMIT_SECONDS = 366 * 86_400;

const clockChange = z.object({
  shiftSeconds: z.int().min(-SHIFT_LIMIT_SECONDS).max(SHIFT_LIMIT_SECONDS),
});
/** With `phone`, a change is for the requests of this payer alone: they follow no other plan. */
const payer = z.looseObject({
  phone: z
    .string()
    .regex(/^01\d{8,9}$/)
    .optional(),
});
const target = z.object({ mul_no: z.string() });
const named = z.object({ rebill_no: z.string().optional() });
const contract = z.object({ recurring: z.boolean() });
const handmade = z.object({
  mul_no: z.string(),
  pay_state: z.string().regex(/^\d{1,3}$/),
  /** Replaces fields of the notice; an empty object sends the truth about another state. */
  fields: z.record(z.string(), z.string().max(1000)).default({}),
});

type Control = (world: World, body: unknown) => Answer;

export const CONTROL_ROUTES: Readonly<Record<string, Control>> = {
  'GET /_ctl': (world) => json(200, overview(world)),
  'PATCH /_ctl/faults': changeFaults,
  'DELETE /_ctl/faults': endFaults,
  'GET /_ctl/plans': () => json(200, FAULT_PLANS),
  'POST /_ctl/clock': changeClock,
  'POST /_ctl/settle': (world, body) =>
    withRequest(world, body, (request) => {
      world.store.put({ ...request, settled: true });
      return json(200, { settled: true });
    }),
  'POST /_ctl/finish-refund': (world, body) =>
    withRequest(world, body, (request) => finishRefund(world, request)),
  'POST /_ctl/release': (world, body) =>
    withRequest(world, body, ({ mulNo }) => json(200, { released: world.sender.release(mulNo) })),
  'POST /_ctl/send': sendHandmade,
  'POST /_ctl/contract': changeContract,
  'POST /_ctl/tick': makeDueCharges,
};

function overview(world: World): Record<string, unknown> {
  const { requests, rebills, notices, faults, clockShiftSeconds } = world.store.state;
  const { recurring } = world.store.state;
  return {
    requests: requests.map(({ feedbackUrl: _secret, recvphone: _personal, ...shown }) => shown),
    rebills: rebills.map((known) => {
      const { feedbackUrl: _secret, failUrl: _too, recvphone: _personal, ...shown } = known;
      return { ...shown, nextCycleAtMs: nextCycleMs(known) ?? null };
    }),
    recurring,
    pending: notices.map(({ mulNo, fields, attempts, dueAtMs }) => ({
      mulNo,
      payState: fields['pay_state'],
      attempts,
      dueAt: new Date(dueAtMs).toISOString(),
    })),
    deliveries: world.sender.log,
    faults,
    clockShiftSeconds,
  };
}

function changeFaults(world: World, body: unknown): Answer {
  const asked = payer.safeParse(body);
  if (!asked.success) return json(400, { error: z.prettifyError(asked.error) });
  const { store } = world;
  const { phone, ...change } = asked.data;
  const current = phone === undefined ? store.state.faults : store.faultsFor(phone);
  const planned = planFaults(current, change);
  if (!planned.ok) return json(400, { error: planned.reason });
  if (phone === undefined) store.state.faults = planned.faults;
  else store.planPayer(phone, planned.faults);
  store.save();
  return json(200, planned.faults);
}

/** Without `phone`, for everybody. */
function endFaults(world: World, body: unknown): Answer {
  const asked = payer.safeParse(body ?? {});
  if (!asked.success) return json(400, { error: z.prettifyError(asked.error) });
  const { store } = world;
  const { phone } = asked.data;
  if (phone === undefined) {
    store.state.faultsByPhone = {};
    store.state.faults = noFaults();
    store.save();
  } else {
    store.planPayer(phone, undefined);
  }
  return json(200, store.faultsFor(phone ?? ''));
}

function changeClock(world: World, body: unknown): Answer {
  const change = clockChange.safeParse(body);
  if (!change.success) return json(400, { error: z.prettifyError(change.error) });
  world.store.state.clockShiftSeconds = change.data.shiftSeconds;
  world.store.save();
  return json(200, change.data);
}

/** Whether PayApp has agreed to recurring payments with this seller. */
function changeContract(world: World, body: unknown): Answer {
  const change = contract.safeParse(body);
  if (!change.success) return json(400, { error: z.prettifyError(change.error) });
  world.store.state.recurring = change.data.recurring;
  world.store.save();
  return json(200, change.data);
}

/** With `rebill_no`, that one now; else whatever is due at the sandbox's time. */
function makeDueCharges(world: World, body: unknown): Answer {
  const asked = named.safeParse(body ?? {});
  if (!asked.success) return json(400, { error: z.prettifyError(asked.error) });
  return json(200, tick(world, asked.data.rebill_no));
}

/** The operator has paid the seller's money back: what `paycancelreq` asked for becomes true. */
function finishRefund(world: World, request: PayRequest): Answer {
  const event = { kind: 'refunded' as const, amountKrw: request.refundAskedKrw };
  const next = advance(request, event, world.now());
  if (next === undefined) return json(409, { error: 'No refund has been asked for.' });
  keepAndAnnounce(world, next, next.status === 'refunded' ? '64' : '71');
  return json(200, { status: next.status });
}

/** A notice about anything, true or not, through the same queue. */
function sendHandmade(world: World, body: unknown): Answer {
  const asked = handmade.safeParse(body);
  if (!asked.success) return json(400, { error: z.prettifyError(asked.error) });
  return withRequest(world, asked.data, (request) => {
    const { seller } = world.store.state;
    const { publicUrl } = world;
    const truth = noticeFields(request, asked.data.pay_state, { seller, publicUrl });
    world.sender.enqueue(request, { ...truth, ...asked.data.fields });
    return json(202, { queued: true });
  });
}

function withRequest(world: World, body: unknown, use: (request: PayRequest) => Answer): Answer {
  const named = target.safeParse(body);
  if (!named.success) return json(400, { error: 'Send {"mul_no":"…"}.' });
  const request = world.store.find(named.data.mul_no);
  return request === undefined ? json(404, { error: 'No such request.' }) : use(request);
}

export function runControl(world: World, route: string, body: string): Answer | undefined {
  if (!Object.hasOwn(CONTROL_ROUTES, route)) return undefined;
  return CONTROL_ROUTES[route]?.(world, parseJson(body));
}
