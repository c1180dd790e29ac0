/** The real functions, each call of one an execution of its own in the simulated world. */
import { recordNotice } from '#app/payapp/record-notice.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import type { ReactDeps } from '#app/reconcile/react.ts';
import { react, sweep, sweepMoney } from '#app/reconcile/react.ts';
import { inspectMinute } from '#app/reconcile/inspect.ts';
import { sweepRuntimes } from '#app/reconcile/sweep.ts';
import { settleTerms } from '#app/terms/settle-terms.ts';
import { settleUpdates } from '#app/updates/settle-updates.ts';
import type { Accounts, Teams } from '#ports/accounts.ts';
import type { FeedbackGate, NoticeFields } from '#ports/payments.ts';
import type { Tickets } from '#ports/runtime.ts';
import { simAgent } from './agent.ts';
import type { Ended, Execution } from './execution.ts';
import { execute } from './execution.ts';
import { simDeployer } from './deployer.ts';
import { Mail, simMessages } from './mail.ts';
import { Machines } from './machines.ts';
import { PayApp, simPayments } from './payapp.ts';
import { Rebills } from './rebills.ts';
import { plant } from './planted.ts';
import * as sim from './ports.ts';
import type { World } from './world.ts';

export type Ports = ReactDeps &
  OrderDeps & {
    readonly accounts: Accounts;
    readonly teams: Teams;
    readonly tickets: Tickets;
    readonly scheme: 'https';
    readonly recurring: boolean;
  };

const commandTimeoutMs = 28_000;
const reconcileTimeoutMs = 300_000;
const feedbackTimeoutMs = 10_000;

export class Functions {
  readonly world: World;
  readonly payapp: PayApp;
  readonly rebills: Rebills;
  readonly machines: Machines;
  readonly mail: Mail;
  sweeps = 0;

  constructor(world: World) {
    this.world = world;
    this.machines = new Machines(world);
    this.mail = new Mail(world);
    this.payapp = new PayApp(world, (orderId, notice) => this.#feedback(orderId, notice));
    this.rebills = new Rebills(world, this.payapp);
  }

  command<T>(name: string, body: (ports: Ports) => Promise<T>): Promise<Ended<T>> {
    const about = { name, timeoutMs: commandTimeoutMs };
    return execute(this.world, about, (execution) => body(this.#portsOf(execution)));
  }

  sweep(): Promise<Ended<void>> {
    this.sweeps += 1;
    const name = `sweep-${this.sweeps}`;
    const isPlantedAway = this.world.bug === 'no_sweep';
    return execute(this.world, { name, timeoutMs: reconcileTimeoutMs }, async (execution) => {
      if (!isPlantedAway) await sweep(this.#portsOf(execution));
    });
  }

  /** Payments, orders and terms alone: a year has too many days for the machines. */
  sweepMoney(): Promise<Ended<void>> {
    const about = { name: 'money', timeoutMs: reconcileTimeoutMs };
    return execute(this.world, about, (execution) => sweepMoney(this.#portsOf(execution)));
  }

  /** Terms, machines and updates alone: what is due, and whoever has this minute of the hour. */
  sweepMachines(): Promise<Ended<void>> {
    const minute = new Date(this.world.nowMs).getUTCMinutes();
    const about = { name: 'machines', timeoutMs: reconcileTimeoutMs };
    return execute(this.world, about, async (execution) => {
      const ports = this.#portsOf(execution);
      await settleTerms(ports);
      await settleUpdates(ports, minute);
      await sweepRuntimes(ports);
      await inspectMinute(ports, minute);
    });
  }

  event(tableId: string, rowId: string): Promise<Ended<void>> {
    const about = { name: `event-${tableId}`, timeoutMs: reconcileTimeoutMs };
    return execute(this.world, about, (execution) =>
      react(this.#portsOf(execution), { tableId, rowId }),
    );
  }

  async #feedback(orderId: string, notice: NoticeFields): Promise<boolean> {
    const { world } = this;
    const gate = this.#gate(notice);
    const about = { name: 'payapp', timeoutMs: feedbackTimeoutMs };
    const ended = await execute(world, about, (execution) => {
      const ports = this.#portsOf(execution);
      const request = { method: 'POST', orderId, token: '', contentType: '', body: '' };
      return recordNotice({ ...ports, gate }, request);
    });
    if (ended.kind !== 'answered' || ended.value.body !== 'SUCCESS') return false;
    this.#checkStored(orderId, notice);
    return true;
  }

  /** SUCCESS means that the inbox has it, now. */
  #checkStored(orderId: string, notice: NoticeFields): void {
    const { mulNo, payState } = notice;
    const isStored = this.world.rows
      .all('notices')
      .some((row) => row.mulNo === mulNo && row.payState === payState && row.orderId === orderId);
    if (!isStored) this.world.violate(10, `SUCCESS for ${mulNo}/${payState}, nothing stored`);
  }

  /** What PayApp sends is authentic; now and then its keys are missing, or the state is unknown. */
  #gate(notice: NoticeFields): FeedbackGate {
    const { random, weather, bug } = this.world;
    const asked = this.payapp.bills.get(notice.mulNo)?.priceKrw ?? notice.priceKrw;
    const told = bug === 'missing_amount_check' ? { ...notice, priceKrw: asked } : notice;
    const isStrange = random.chance(weather.noticeStrange);
    return {
      judge: () => ({ kind: isStrange ? 'keys_absent' : 'authentic', notice: told }),
    };
  }

  #portsOf(execution: Execution): Ports {
    const ports: Ports = {
      store: new sim.SimStore(execution),
      accounts: sim.simAccounts(execution),
      teams: sim.simTeams(execution),
      payments: simPayments(execution, this.payapp, this.rebills),
      deployer: simDeployer(execution, this.machines),
      agent: simAgent(execution, this.machines),
      tickets: sim.simTickets(execution),
      messages: simMessages(execution, this.mail),
      siteUrl: 'https://site.example/',
      clock: sim.simClock(execution),
      ids: sim.simIds(execution),
      log: sim.simLog(execution),
      faults: sim.simFaults(execution),
      runtimeDomain: 'run.example',
      scheme: 'https',
      recurring: true,
      stack: {
        scheme: 'https',
        siteOrigin: 'https://site.example',
        openclawImage: `ghcr.io/openclaw/openclaw@sha256:${String(this.world.imageVersion)}`,
        agentImage: `ghcr.io/hosted-dedicated/agent@sha256:${String(this.world.imageVersion)}`,
        controlPlaneKeys: '{"keys":[]}',
        versionFloor: '2026.5.18',
      },
    };
    return this.world.bug === null ? ports : plant(ports, execution, this.machines);
  }
}
