/**
 * What the steps hold, each part a file of its own: fetched when it is first shown, and the rest
 * when nothing else is to be done, so that a line that is lost later takes no step away.
 */
import type { Slot } from '#lib/flow/slots.ts';
import type { StepKey } from '#lib/flow/words.ts';

const againMs = 4_000;
/** Ten minutes. */
const triesAtMost = 150;

class Line {
  /** What was fetched last did not come; it is asked for again. */
  isBroken = $state(false);
}
export const line = new Line();

/** A style is asked for once by whoever imports its part, so that asking again is left to us. */
const fetchStyleAgain = ({ target }: Event): void => {
  if (!(target instanceof HTMLLinkElement) || target.rel !== 'stylesheet') return;
  const tries = Number(target.dataset['tries'] ?? '1');
  if (tries >= triesAtMost) return;
  const again = document.createElement('link');
  again.rel = 'stylesheet';
  again.dataset['tries'] = String(tries + 1);
  again.href = target.href;
  setTimeout(() => target.replaceWith(again), againMs);
};

const patiently = async <Module>(load: () => Promise<Module>): Promise<Module> => {
  // Once, however often it is added: it is the same function.
  document.addEventListener('error', fetchStyleAgain, true);
  for (let tries = 1; ; tries += 1) {
    try {
      const module = await load();
      line.isBroken = false;
      return module;
    } catch (error) {
      line.isBroken = true;
      if (tries >= triesAtMost) throw error;
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
};

/**
 * One answer for all who ask, because only the first import of a file waits for its styles: who asked
 * second would take for shown what is not yet. One that does not come is asked for again.
 */
const shared = <Module>(load: () => Promise<Module>): (() => Promise<Module>) => {
  let fetched: Promise<Module> | null = null;
  return () => {
    fetched ??= patiently(load).catch((error: unknown) => {
      fetched = null;
      throw error;
    });
    return fetched;
  };
};

export const parts = {
  workspaces: shared(() => import('./WorkspaceStep.svelte')),
  createWorkspace: shared(() => import('./CreateWorkspace.svelte')),
  checkout: shared(() => import('./CheckoutStep.svelte')),
  orderForm: shared(() => import('./OrderForm.svelte')),
  orderPanel: shared(() => import('./OrderPanel.svelte')),
  /** What is done with a runtime, whichever step shows it. */
  ways: shared(() => import('#lib/state/ways.ts')),
  runtime: shared(() => import('./RuntimeStep.svelte')),
  codex: shared(() => import('./CodexStep.svelte')),
  ready: shared(() => import('./ReadyStep.svelte')),
} as const;

export type Part = keyof typeof parts;

/** What decides which parts a step is made of. */
export interface Standing {
  readonly workspaces: readonly unknown[];
  readonly slot: Pick<Slot, 'runtime'> | null;
}

/** All that the open step needs, so that no part waits for another to name it. */
export const partsOf = (step: StepKey, { workspaces, slot }: Standing): readonly Part[] => {
  switch (step) {
    case 'account':
      return [];
    case 'workspace':
      return [workspaces.length === 0 ? 'createWorkspace' : 'workspaces'];
    case 'checkout':
      if (slot === null) return ['checkout', 'orderForm'];
      return slot.runtime === null ? ['checkout', 'orderPanel'] : ['checkout'];
    case 'runtime':
    case 'codex':
    case 'ready':
      return [step, 'ways'];
  }
};

/** Rejects when one of them does not come; asked for again, it is tried again. */
export const fetchParts = async (names: readonly Part[]): Promise<void> => {
  await Promise.all(names.map((name) => parts[name]()));
};

export const fetchAllParts = (): void => {
  for (const part of Object.values(parts)) part().catch(() => undefined);
};
