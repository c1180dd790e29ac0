/**
 * People: they click twice, change their minds, pay old links, take each other's names, and go away
 * when the world calms down. Each uses the product's own commands and sees only its answers, its
 * rows, and the pay links PayApp sent to the phone.
 */
import { showAutopay } from '#app/autopay/show.ts';
import { startAutopay } from '#app/autopay/start.ts';
import { stopAutopay } from '#app/autopay/stop-by-member.ts';
import { isAlive } from '#core/autopay/agreement.ts';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { upgradePlan } from '#app/checkout/plan-change.ts';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { refundOrder } from '#app/operator/refunds.ts';
import { requestBackup } from '#app/runtimes/backup.ts';
import { openCodexLogin } from '#app/runtimes/codex.ts';
import { requestDeletion, withdrawDeletion } from '#app/runtimes/leave.ts';
import { pause, resume } from '#app/runtimes/pause.ts';
import { refresh } from '#app/runtimes/refresh.ts';
import { rename } from '#app/runtimes/rename.ts';
import { requestRestore } from '#app/runtimes/restore.ts';
import { requestRestart } from '#app/runtimes/restart.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { requestVerify } from '#app/runtimes/verify.ts';
import { inviteIdOf } from '#app/signup/invite-id.ts';
import { redeemInvite } from '#app/signup/redeem-invite.ts';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import { takeAlong } from './leaving.ts';
import type { Functions, Ports } from './functions.ts';
import { derivedId } from './ports.ts';
import { epochMs } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const triesAtMost = 5;
const turnsAtMost = 14;
const phone = '010-1234-5678';
const names = ['acme', 'beta'] as const;

type Command = (ports: Ports) => Promise<{ readonly ok: boolean }>;

export class Customer {
  readonly #functions: Functions;
  readonly #number: number;

  constructor(functions: Functions, number: number) {
    this.#functions = functions;
    this.#number = number;
  }

  /** From invite to as far as it gets. */
  async live(): Promise<void> {
    const { random } = this.#world;
    await this.#pause(2 * second);
    const me = await this.#signUp();
    if (me === null) return;
    const workspaceId = await this.#makeWorkspace(me);
    if (workspaceId === null) return;
    const purchases = random.chance(0.3) ? 2 : 1;
    await Promise.all(Array.from({ length: purchases }, () => this.#buyAndUse(me, workspaceId)));
  }

  get #world() {
    return this.#functions.world;
  }

  #isGone(): boolean {
    return this.#world.isCalm;
  }

  #pause(atMostMs: number): Promise<void> {
    return this.#world.scheduler.sleep(this.#world.random.int(100, atMostMs));
  }

  /** Impatient: one to three times at once. True when one of them worked. */
  async #click(name: string, command: Command): Promise<boolean> {
    const { random } = this.#world;
    const times = random.chance(0.3) ? random.int(2, 3) : 1;
    const clicks = Array.from({ length: times }, () => this.#functions.command(name, command));
    const ended = await Promise.all(clicks);
    return ended.some((each) => each.kind === 'answered' && each.value.ok);
  }

  /** Two people may hold the same invite. */
  async #signUp(): Promise<Account | null> {
    const token = `invite-${Math.floor(this.#number / 2)}`;
    const email = `customer${this.#number}@example.com`;
    const body = { token, email, password: 'Zg7#kq0!pw', name: 'Mina', locale: 'ko' as const };
    this.#invite(token);
    for (let attempt = 0; attempt < triesAtMost && !this.#isGone(); attempt += 1) {
      await this.#click('redeem', (ports) => redeemInvite(ports, body));
      const me = [...this.#world.accounts.values()].find((account) => account.email === email);
      if (me !== undefined) return me;
      await this.#pause(10 * second);
    }
    return null;
  }

  #invite(token: string): void {
    const ids = { idFrom: derivedId } as Ports['ids'];
    const data = {
      email: null,
      note: '',
      expiresAt: null,
      revokedAt: null,
      usedAt: null,
      usedBy: null,
      createdBy: 'operator',
    };
    const createdAt = new Date(epochMs).toISOString();
    const row = { data, readers: 'functions' as const, createdAt };
    this.#world.rows.create('invites', inviteIdOf(ids, token), row);
  }

  async #makeWorkspace(me: Account): Promise<string | null> {
    const { random, rows } = this.#world;
    for (let attempt = 0; attempt < triesAtMost && !this.#isGone(); attempt += 1) {
      const subdomain = attempt > 1 ? `own-${this.#number}` : random.pick(names);
      const body = { name: 'Acme', subdomain, planKey: 'basic' };
      await this.#click('workspace', (ports) => createWorkspace(ports, me, body));
      const mine = rows.all('workspaces').find((row) => row.ownerId === me.userId);
      if (mine !== undefined) return mine.id;
      await this.#pause(20 * second);
    }
    return null;
  }

  async #buyAndUse(me: Account, workspaceId: string): Promise<void> {
    const orderId = await this.#order(me, workspaceId);
    if (orderId === null) return;
    const { random } = this.#world;
    for (let turn = 0; turn < turnsAtMost && !this.#isGone(); turn += 1) {
      await this.#pause(turn < 8 ? 20 * second : 2 * minute);
      const order = this.#world.rows.get('orders', orderId);
      if (order === null || this.#isGone()) return;
      const runtime = this.#world.rows.get('runtimes', order.runtimeId);
      if (runtime === null) await this.#payOrNot(me, orderId);
      else if (random.chance(0.05)) await this.#takeBack(me, order);
      else if (random.chance(0.08)) await this.#renew(me, runtime.id);
      else if (random.chance(0.05)) await this.#upgrade(me, runtime.id);
      else if (random.chance(0.06)) await this.#chargeMonthly(me, runtime.id);
      else await this.#use(me, runtime.id);
    }
  }

  async #order(me: Account, workspaceId: string): Promise<string | null> {
    const { random, rows } = this.#world;
    const requestKey = random.hex(16);
    const body = { workspaceId, planKey: 'basic', runtimeName: 'First', phone, requestKey };
    const orderId = derivedId('order', workspaceId, requestKey).slice(0, 24);
    for (let attempt = 0; attempt < triesAtMost && !this.#isGone(); attempt += 1) {
      await this.#click('order', (ports) => openOrder(ports, me, body));
      if (rows.get('orders', orderId) !== null) return orderId;
      await this.#pause(10 * second);
    }
    return null;
  }

  async #payOrNot(me: Account, orderId: string): Promise<void> {
    const { random, rows } = this.#world;
    const { payapp } = this.#functions;
    const order = rows.get('orders', orderId);
    if (order === null) return;
    const mood = random.int(1, 10);
    if (mood <= 6) {
      const bills = payapp.billsOf(orderId);
      // Mostly the newest link; sometimes one from an older message.
      const bill = random.chance(0.8) ? bills.at(-1) : bills[random.int(0, bills.length)];
      if (bill === undefined) return;
      if (random.chance(0.2)) payapp.issueAccount(bill);
      else payapp.pay(bill);
      return;
    }
    // What the page showed may be old by now.
    const { revision } = order;
    if (random.chance(0.3)) await this.#pause(5 * second);
    if (mood <= 8) {
      const body = { orderId, phone, revision };
      await this.#click('renew', (ports) => renewPayLink(ports, me, body));
    } else if (mood === 9) {
      await this.#click('cancel', (ports) => cancelOrder(ports, me, { orderId, revision }));
    }
  }

  /** The customer wants the money back, or an operator decides so, in full or in part. */
  async #takeBack(me: Account, order: Stored<'orders'>): Promise<void> {
    const { random } = this.#world;
    const { id: orderId, revision, mulNo } = order;
    if (random.chance(0.5)) {
      await this.#click('refund', (ports) => requestRefund(ports, me, { orderId, revision }));
      return;
    }
    const amountKrw = random.chance(0.5) ? null : 5_000;
    const wish = { orderId, revision, amountKrw, reason: 'goodwill', confirmation: orderId };
    const body = mulNo === null ? wish : { ...wish, mulNo };
    await this.#click('operator', (ports) => refundOrder(ports, 'operator', body));
  }

  /** More time, long before it is needed; paid as any order is, or not. */
  async #renew(me: Account, runtimeId: string): Promise<void> {
    const { workspaceId } = this.#world.rows.get('runtimes', runtimeId) ?? {};
    if (workspaceId === undefined) return;
    const requestKey = this.#world.random.hex(16);
    const months = this.#world.random.pick([1, 3] as const);
    const body = { runtimeId, months, phone, requestKey };
    await this.#click('renewal', (ports) => renewRuntime(ports, me, body));
    const orderId = derivedId('order', workspaceId, requestKey).slice(0, 24);
    await this.#payOrNot(me, orderId);
    const order = this.#world.rows.get('orders', orderId);
    if (order !== null && this.#world.random.chance(0.3)) await this.#takeBack(me, order);
  }

  /** Agrees to be charged each month, approves the first charge or not, and may stop it again. */
  async #chargeMonthly(me: Account, runtimeId: string): Promise<void> {
    const { random } = this.#world;
    const newest = this.#world.rows.all('autopays').findLast((row) => row.runtimeId === runtimeId);
    if (newest !== undefined && isAlive(newest)) {
      const { id: autopayId } = newest;
      if (random.chance(0.4))
        await this.#click('stop', (ports) => stopAutopay(ports, me, { autopayId }));
      else this.#functions.rebills.approve(autopayId);
      return;
    }
    await this.#click('monthly', async (ports) => {
      const shown = await showAutopay(ports, me, { runtimeId });
      const agreed = shown.ok ? shown.value.offer : null;
      return agreed === null ? shown : startAutopay(ports, me, { runtimeId, phone, agreed });
    });
    await this.#pause(5 * second);
    const begun = this.#world.rows.all('autopays').findLast((row) => row.runtimeId === runtimeId);
    if (begun !== undefined && random.chance(0.7)) this.#functions.rebills.approve(begun.id);
  }

  /** More memory for the time that is left; paid as any order is, or not. */
  async #upgrade(me: Account, runtimeId: string): Promise<void> {
    const { workspaceId } = this.#world.rows.get('runtimes', runtimeId) ?? {};
    if (workspaceId === undefined) return;
    const requestKey = this.#world.random.hex(16);
    const body = { runtimeId, planKey: 'plus', phone, requestKey };
    await this.#click('upgrade', (ports) => upgradePlan(ports, me, body));
    const orderId = derivedId('order', workspaceId, requestKey).slice(0, 24);
    await this.#payOrNot(me, orderId);
    const order = this.#world.rows.get('orders', orderId);
    if (order !== null && this.#world.random.chance(0.2)) await this.#takeBack(me, order);
  }

  /** One backup, and perhaps what it says brought back, whether it was proven or not. */
  async #keep(me: Account, runtimeId: string): Promise<void> {
    const { random, rows } = this.#world;
    const target = () => ({ runtimeId, revision: rows.get('runtimes', runtimeId)?.revision ?? 0 });
    await this.#click('backup', (ports) => requestBackup(ports, me, target()));
    if (random.chance(0.3)) return;
    await this.#pause(4 * minute);
    const { kept } = this.#functions.machines.tenant(runtimeId);
    const backupId = kept[0]?.backupId ?? 'never-made';
    const body = { ...target(), backupId };
    await this.#click('restore', (ports) => requestRestore(ports, me, body));
  }

  async #use(me: Account, runtimeId: string): Promise<void> {
    const { random, rows } = this.#world;
    const row = rows.get('runtimes', runtimeId);
    if (row === null) return;
    const body = { runtimeId, revision: row.revision };
    const isStill = row.desired === 'suspended';
    if (row.deletesAt !== null) {
      if (random.chance(0.5)) {
        await this.#click('keep', (ports) => withdrawDeletion(ports, me, body));
      }
      return;
    }
    if (random.chance(0.04)) {
      const typed = { ...body, name: row.name };
      await this.#click('delete', (ports) => requestDeletion(ports, me, typed));
      return;
    }
    if ((isStill && random.chance(0.5)) || random.chance(0.02)) {
      await takeAlong(this.#functions, me, runtimeId);
      return;
    }
    if (isStill || random.chance(0.12)) {
      if (isStill) await this.#click('resume', (ports) => resume(ports, me, body));
      else await this.#click('pause', (ports) => pause(ports, me, body));
      return;
    }
    const mood = random.int(1, 10);
    if (mood >= 9 && random.chance(0.5)) {
      if (random.chance(0.3))
        await this.#click('restart', (ports) => requestRestart(ports, me, body));
      else if (random.chance(0.6)) await this.#keep(me, runtimeId);
      else await this.#click('rename', (ports) => rename(ports, me, { ...body, name: 'Second' }));
      return;
    }
    if (mood <= 7 && row.status === 'auth_required') {
      await this.#click('codex', (ports) => openCodexLogin(ports, me, body));
      await this.#pause(8 * second);
      if (random.chance(0.8)) this.#functions.machines.finishLogin(runtimeId);
      await this.#click('refresh', (ports) => refresh(ports, me, { runtimeId }));
    } else if (mood <= 8 || row.status === 'provisioning') {
      await this.#click('smoke', (ports) => requestSmoke(ports, me, body));
    } else {
      await this.#click('verify', (ports) => requestVerify(ports, me, body));
    }
  }
}
