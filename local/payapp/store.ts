/**
 * The sandbox's memory: one JSON file, replaced as a whole, so a crash leaves the old or the new.
 * Guarantees: requests, undelivered notices, keys and the shifted clock survive a restart; every
 * list is bounded, oldest out first. The file holds the link keys and is readable by its owner only.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { faults, noFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Seller } from './notice.ts';
import type { PayRequest } from './request.ts';
import type { Rebill } from './rebill.ts';
import { rebill } from './rebill.ts';
import { payRequest } from './request.ts';

const REQUESTS_LIMIT = 2000;
const NOTICES_LIMIT = 2000;
const REBILLS_LIMIT = 500;
/** Payers with a fault plan of their own. */
const PAYERS_LIMIT = 500;

const notice = z.object({
  id: z.string(),
  mulNo: z.string(),
  url: z.string(),
  fields: z.record(z.string(), z.string()),
  atOnce: z.array(z.record(z.string(), z.string())).default([]),
  probe: z.boolean().default(false),
  attempts: z.number().default(0),
  attemptsLimit: z.number(),
  dueAtMs: z.number(),
  mayBeOvertaken: z.boolean().default(false),
});
export type Notice = z.infer<typeof notice>;

const savedState = z.object({
  seller: z.object({ userid: z.string(), linkkey: z.string(), linkval: z.string() }),
  requests: z.array(payRequest).default([]),
  rebills: z.array(rebill).default([]),
  /** The seller has PayApp's contract for recurring payments. */
  recurring: z.boolean().default(false),
  notices: z.array(notice).default([]),
  clockShiftSeconds: z.number().default(0),
  faults: faults.default(noFaults()),
  faultsByPhone: z.record(z.string(), faults).default({}),
  lastMulNo: z.number().default(0),
});
type SavedState = z.infer<typeof savedState>;

const CODE_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CODE_LENGTH = 6;
/** About one draw in four gives a key, almost every one a code: so many misses are a bug. */
const DRAWS_LIMIT = 1000;

export class Store {
  readonly state: SavedState;
  readonly #path: string;
  #held = 0;

  /** Keys given win over keys kept; keys neither given nor kept are made. */
  constructor(path: string, seller: Partial<Seller>) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    const kept = read(path);
    this.state = {
      ...(kept ?? savedState.parse({ seller: newSeller() })),
      seller: { ...(kept?.seller ?? newSeller()), ...seller },
    };
    this.save();
  }

  find(mulNo: string): PayRequest | undefined {
    return this.state.requests.find((request) => request.mulNo === mulNo);
  }

  findByCode(code: string): PayRequest | undefined {
    return this.state.requests.find((request) => request.code === code);
  }

  /** Epoch milliseconds, as PayApp's simulator does, but never the same twice. */
  nextMulNo(nowMs: number): string {
    this.state.lastMulNo = Math.max(this.state.lastMulNo + 1, nowMs);
    return String(this.state.lastMulNo);
  }

  nextCode(): string {
    const pick = (): string => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length));
    for (let attempt = 0; attempt < DRAWS_LIMIT; attempt += 1) {
      const code = Array.from({ length: CODE_LENGTH }, pick).join('');
      const isRebills = this.state.rebills.some((known) => known.code === code);
      if (this.findByCode(code) === undefined && !isRebills) return code;
    }
    throw new Error('No free page code was drawn.');
  }

  put(request: PayRequest): void {
    const { requests } = this.state;
    const index = requests.findIndex((known) => known.mulNo === request.mulNo);
    if (index >= 0) requests[index] = request;
    else requests.push(request);
    if (requests.length > REQUESTS_LIMIT) requests.shift();
    this.save();
  }

  findRebill(rebillNo: string): Rebill | undefined {
    return this.state.rebills.find((known) => known.rebillNo === rebillNo);
  }

  putRebill(changed: Rebill): void {
    const { rebills } = this.state;
    const index = rebills.findIndex((known) => known.rebillNo === changed.rebillNo);
    if (index >= 0) rebills[index] = changed;
    else rebills.push(changed);
    if (rebills.length > REBILLS_LIMIT) rebills.shift();
    this.save();
  }

  forget(mulNo: string): void {
    this.state.requests = this.state.requests.filter((known) => known.mulNo !== mulNo);
    this.save();
  }

  queue(added: Notice): void {
    this.state.notices.push(added);
    if (this.state.notices.length > NOTICES_LIMIT) this.state.notices.shift();
    this.save();
  }

  drop(id: string): void {
    this.state.notices = this.state.notices.filter((known) => known.id !== id);
    this.save();
  }

  /** The plan for this payer, or the one for everybody. */
  faultsFor(phone: string): Faults {
    const { faults: forAll, faultsByPhone } = this.state;
    return Object.hasOwn(faultsByPhone, phone) ? (faultsByPhone[phone] ?? forAll) : forAll;
  }

  /** Changes the plan that `faultsFor` gives: the payer's own if there is one. */
  changeFaults(phone: string, change: (plan: Faults) => Faults): void {
    const { faultsByPhone } = this.state;
    if (Object.hasOwn(faultsByPhone, phone)) faultsByPhone[phone] = change(this.faultsFor(phone));
    else this.state.faults = change(this.state.faults);
    this.save();
  }

  /** Undefined gives the payer back to the plan for everybody. */
  planPayer(phone: string, plan: Faults | undefined): void {
    const others = Object.entries(this.state.faultsByPhone).filter(([known]) => known !== phone);
    const kept = others.slice(-(PAYERS_LIMIT - 1));
    const own = plan === undefined ? [] : [[phone, plan] as const];
    this.state.faultsByPhone = Object.fromEntries([...kept, ...own]);
    this.save();
  }

  /** Several changes, one write: a crash leaves all of them or none. */
  together(work: () => void): void {
    this.#held += 1;
    try {
      work();
    } finally {
      this.#held -= 1;
      this.save();
    }
  }

  save(): void {
    if (this.#held > 0) return;
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** Keys of the real shape: base64 of 32 bytes, so `+`, `/` and `=` do occur. */
function newSeller(): Seller {
  return { userid: 'sandbox-seller', linkkey: newKey(), linkval: newKey() };
}

export function newKey(): string {
  for (let attempt = 0; attempt < DRAWS_LIMIT; attempt += 1) {
    const key = randomBytes(32).toString('base64');
    if (key.includes('+') && key.includes('/')) return key;
  }
  throw new Error('No key with the awkward characters was drawn.');
}

function read(path: string): SavedState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return savedState.parse(JSON.parse(text));
}
