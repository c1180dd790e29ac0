/**
 * What the whole site knows: language and texts, where the API is, who is signed in. One instance
 * for a page's life, handed down by context; nothing here is module state.
 */
import { createContext } from 'svelte';
import type { Locale } from '#schemas/contract/vocabulary.ts';
import { loadConfig } from '../api/config.ts';
import type { ConfigProblem, SiteConfig } from '../api/config.ts';
import { siteFailure } from '../api/failure.ts';
import type { Outcome } from '../api/failure.ts';
import type { Gateway } from '../api/gateway.ts';
import type { Reader, User } from '../api/reader.ts';
import { guessSession, rememberSeen } from '../api/seen.ts';
import { loadBase, loadErrors, loadOrders, loadProduct } from '../copy/index.ts';
import type { BaseCopy, ErrorsCopy, OrdersCopy, ProductCopy } from '../copy/index.ts';
import { rememberLocale } from '../copy/locale.ts';
import type { Session } from '../flow/words.ts';
import type { Joining } from './joining.svelte.ts';
import { Drafts } from './drafts.ts';

const probeAgainMs = 5_000;

export class App {
  locale = $state<Locale>('ko');
  base = $state.raw<BaseCopy>() as BaseCopy;
  errors = $state.raw<ErrorsCopy | null>(null);
  product = $state.raw<ProductCopy | null>(null);
  orders = $state.raw<OrdersCopy | null>(null);
  config = $state.raw<SiteConfig | null>(null);
  configProblem = $state<ConfigProblem | null>(null);
  session = $state<Session>(guessSession());
  user = $state.raw<User | null>(null);
  /** An invitation into a workspace, whose link led here. */
  joining = $state.raw<Joining | null>(null);
  /** The API did not answer when we asked who is signed in. */
  unreachable = $state(false);
  /** The session ended without being asked to; whose it was. */
  endedFor = $state.raw<User | null>(null);
  readonly drafts = new Drafts();
  readonly isOperator = $derived(this.user?.labels.includes('operator') ?? false);

  #gateway: Promise<Gateway> | null = null;
  #probeTimer: ReturnType<typeof setTimeout> | undefined;
  #clockAheadMs = 0;

  constructor(locale: Locale, base: BaseCopy) {
    this.locale = locale;
    this.base = base;
  }

  async start(configAddress: string): Promise<void> {
    const result = await loadConfig(configAddress);
    if (!result.ok && result.problem === 'unreachable') {
      this.unreachable = true;
      this.#probeTimer = setTimeout(() => void this.start(configAddress), probeAgainMs);
      return;
    }
    this.#clockAheadMs = result.clockAheadMs;
    if (!result.ok) {
      this.configProblem = result.problem;
      return;
    }
    this.config = result.config;
    this.unreachable = false;
    if (this.session === 'checking') await this.findSession();
  }

  /** Epoch ms by the server's clock: what rows and tickets say must not be judged by another. */
  nowMs(): number {
    return Date.now() + this.#clockAheadMs;
  }

  stop(): void {
    clearTimeout(this.#probeTimer);
  }

  /** Loads the SDK and the words for its failures; both are needed from the first call on. */
  async gateway(): Promise<Gateway> {
    const { config } = this;
    if (config === null) throw new Error('The configuration is read before any call is made.');
    this.#gateway ??= (async () => {
      const [module] = await Promise.all([import('../api/gateway.ts'), this.loadErrorTexts()]);
      return module.openGateway(config);
    })();
    try {
      return await this.#gateway;
    } catch (error) {
      this.#gateway = null;
      throw error;
    }
  }

  /** Runs a call; a chunk that could not be loaded is a network failure like any other. */
  async with<T>(work: (gateway: Gateway) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    try {
      return this.#heed(await work(await this.gateway()));
    } catch {
      await this.loadErrorTexts();
      return siteFailure('network_unreachable');
    }
  }

  /** The same for what is only read, and without the SDK. */
  async read<T>(work: (reader: Reader) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { config } = this;
    if (config === null) throw new Error('The configuration is read before any call is made.');
    try {
      const { openReader } = await import('../api/reader.ts');
      return this.#heed(await work(openReader(config)));
    } catch {
      return siteFailure('network_unreachable');
    }
  }

  /** What a refusal says about the session. */
  #heed<T>(outcome: Outcome<T>): Outcome<T> {
    if (!outcome.ok && ['session_lost', 'not_signed_in'].includes(outcome.error.code)) {
      this.endedFor ??= this.user;
      void this.loadErrorTexts();
      this.signedOut();
    }
    // Refused to a guest and to a stranger in the same words: find out which this is.
    if (!outcome.ok && outcome.error.code === 'not_allowed') void this.loadUser();
    return outcome;
  }

  async loadErrorTexts(): Promise<void> {
    try {
      // With what shows them, while there is a line to fetch it by.
      const [texts] = await Promise.all([
        this.errors ?? loadErrors(this.locale),
        import('../ui/FailureText.svelte'),
      ]);
      this.errors ??= texts;
    } catch {
      // Shown without words, by code; the next failure tries again.
    }
  }

  /** May be asked for while a page is drawn, so nothing is read or set before the first wait. */
  async loadProductTexts(): Promise<void> {
    await Promise.resolve();
    this.product ??= await loadProduct(this.locale);
  }

  async loadOrderTexts(): Promise<void> {
    await Promise.resolve();
    this.orders ??= await loadOrders(this.locale);
  }

  async findSession(): Promise<void> {
    const found = await this.loadUser();
    this.unreachable = !found && this.session === 'checking';
    if (!this.unreachable) return;
    clearTimeout(this.#probeTimer);
    this.#probeTimer = setTimeout(() => void this.findSession(), probeAgainMs);
  }

  async loadUser(): Promise<boolean> {
    const outcome = await this.read((reader) => reader.user());
    if (!outcome.ok) return false;
    this.user = outcome.value;
    this.drafts.belongTo(outcome.value.id);
    this.endedFor = null;
    this.session = 'signed_in';
    rememberSeen(true);
    return true;
  }

  async logout(): Promise<void> {
    await this.with((gateway) => gateway.logout());
    this.signedOut();
    this.endedFor = null;
    this.drafts.clear();
  }

  signedOut(): void {
    this.user = null;
    this.session = 'signed_out';
    rememberSeen(false);
  }

  async switchLocale(): Promise<void> {
    const locale: Locale = this.locale === 'ko' ? 'en' : 'ko';
    const [base, errors, product, orders] = await Promise.all([
      loadBase(locale),
      this.errors === null ? null : loadErrors(locale),
      this.product === null ? null : loadProduct(locale),
      this.orders === null ? null : loadOrders(locale),
    ]);
    rememberLocale(locale);
    document.documentElement.lang = locale;
    this.locale = locale;
    this.base = base;
    this.errors = errors;
    this.product = product;
    this.orders = orders;
  }
}

export const [useApp, provideApp] = createContext<App>();
