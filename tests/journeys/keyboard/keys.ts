/**
 * A person without a mouse, and one without eyes: only keys are pressed, every stop on the way must
 * be seen (its outline as computed) and have a name (as Chromium hands it to a screen reader).
 */
import type { CDPSession, Page } from 'playwright-core';
import { eventually } from '#tests/support/http.ts';
import { stepTimeoutMs } from '../steps.ts';

export interface Stop {
  /** '' where the element has none. */
  readonly testid: string;
  readonly tag: string;
  readonly isLost: boolean;
  /** Widest outline on the element or on what stands around it for it, in CSS pixels. */
  readonly outlinePx: number;
}

/** Runs in the page, so it is text: the project's types know no document. */
const stopScript = `(() => {
  const active = document.activeElement;
  const isLost = active === null || active === document.body;
  if (isLost) return { testid: '', tag: 'body', isLost, outlinePx: 0 };
  const around = [active, active.closest('label'), ...active.querySelectorAll(':scope > .card')];
  const outlines = around.filter((one) => one !== null).map((one) => {
    const style = getComputedStyle(one);
    const shown = style.outlineStyle !== 'none' && style.outlineColor !== 'rgba(0, 0, 0, 0)';
    return shown ? parseFloat(style.outlineWidth) : 0;
  });
  return {
    testid: active.getAttribute('data-testid') ?? '',
    tag: active.tagName.toLowerCase(),
    isLost,
    outlinePx: Math.max(...outlines),
  };
})()`;

export const stopOf = (page: Page): Promise<Stop> => page.evaluate<Stop>(stopScript);

const mostStops = 60;
const settleMs = 2_000;

export interface Keys {
  /** Presses Tab until the element has the focus; each stop on the way is looked at. */
  to(testid: string): Promise<void>;
  /** The same the other way. */
  back(testid: string): Promise<void>;
  /** As `to`, then types over what stands there. */
  fill(testid: string, text: string): Promise<void>;
  press(key: string): Promise<void>;
  /** Where the focus comes to rest by itself. */
  landsOn(testid: string): Promise<void>;
  /** What was wrong on the way; empty at the end of a good journey. */
  readonly findings: readonly string[];
}

export const keysOf = (page: Page): Keys => {
  const findings: string[] = [];
  let before = 'the start';
  const judge = async (): Promise<Stop> => {
    // What is redrawn under the focus gives it back with the next frame, not in this one.
    const held = (): Promise<Stop> =>
      eventually(
        () => stopOf(page),
        ({ isLost }) => !isLost,
        settleMs,
      );
    const stop = await held().catch(() => stopOf(page));
    const name = stop.testid === '' ? stop.tag : stop.testid;
    if (stop.outlinePx < 2) findings.push(`${name} after ${before}: outline ${stop.outlinePx} px`);
    before = name;
    return stop;
  };
  const walk = async (key: string, testid: string): Promise<void> => {
    const passed: string[] = [];
    for (let count = 0; count < mostStops; count += 1) {
      await page.keyboard.press(key);
      const stop = await judge();
      if (stop.testid === testid) return;
      passed.push(stop.testid === '' ? stop.tag : stop.testid);
    }
    throw new Error(`${key} never came to ${testid}: ${passed.join(' ')}`);
  };
  const keys: Keys = {
    findings,
    press: (key) => page.keyboard.press(key),
    to: (testid) => walk('Tab', testid),
    back: (testid) => walk('Shift+Tab', testid),
    fill: async (testid, text) => {
      if ((await stopOf(page)).testid !== testid) await keys.to(testid);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(text);
    },
    landsOn: async (testid) => {
      await eventually(
        () => stopOf(page),
        (stop) => stop.testid === testid,
        stepTimeoutMs,
      );
    },
  };
  return keys;
};

interface AxValue {
  readonly value?: unknown;
}
interface AxNode {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: AxValue;
  readonly name?: AxValue;
  readonly childIds?: readonly string[];
}

const wordsOf = ({ name }: AxNode): string =>
  typeof name?.value === 'string' ? name.value.trim() : '';

const controls: ReadonlySet<unknown> = new Set([
  'button',
  'link',
  'textbox',
  'radio',
  'checkbox',
  'combobox',
  'tab',
  'searchbox',
  'spinbutton',
  'DisclosureTriangle',
]);

export interface Tree {
  /** Roles of controls that say nothing. */
  readonly nameless: readonly string[];
  /** What live regions hold, in their order. */
  readonly said: readonly string[];
}

const textOf = (node: AxNode, byId: ReadonlyMap<string, AxNode>): string => {
  if (node.role?.value === 'StaticText') return wordsOf(node);
  const parts = (node.childIds ?? []).map((id) => byId.get(id));
  return parts.map((part) => (part === undefined ? '' : textOf(part, byId))).join(' ');
};

/** The page as Chromium tells it to assistive tools. */
export const readTree = async (wire: CDPSession): Promise<Tree> => {
  const { nodes } = await wire.send('Accessibility.getFullAXTree');
  const seen: readonly AxNode[] = nodes;
  const byId = new Map(seen.map((node) => [node.nodeId, node]));
  const live = seen.filter(
    ({ ignored, role }) => !ignored && (role?.value === 'status' || role?.value === 'alert'),
  );
  return {
    nameless: seen
      .filter(({ ignored, role }) => !ignored && controls.has(role?.value))
      .filter((node) => wordsOf(node) === '')
      .map(({ role }) => String(role?.value)),
    said: live.map((node) => textOf(node, byId).replaceAll(/\s+/g, ' ').trim()),
  };
};
