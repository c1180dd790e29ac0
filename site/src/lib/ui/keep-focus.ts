/**
 * The keyboard's place on the page is never lost. What had the focus and was taken out, hidden or
 * disabled would leave it with nobody: the next Tab would begin somewhere else. It goes back to what
 * comes back, else to the step that is now open, and follows the steps while nothing else takes it.
 */
const here = '[data-place="now"]';

const isNowhere = (active: Element | null): boolean => active === null || active === document.body;

/** What is not shown any more loses the focus in a later frame, of which nothing is told. */
const isLost = (active: Element | null): boolean =>
  active === null || isNowhere(active) || !active.checkVisibility();

const canHold = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility();

const ancestorsOf = (element: Element): readonly HTMLElement[] => {
  const above: HTMLElement[] = [];
  for (let at = element.parentElement; at !== null; at = at.parentElement) above.push(at);
  return above;
};

/** A menu that was shut around the focus keeps its handle. */
const handleOf = (fold: HTMLElement): HTMLElement | null =>
  fold.matches('details:not([open])') ? fold.querySelector<HTMLElement>(':scope > summary') : null;

/** Where the focus goes when what held it is gone: the nearest place around it, else the open step. */
const refugeOf = (above: readonly HTMLElement[], main: HTMLElement): HTMLElement => {
  for (const element of above.filter((one) => one.isConnected)) {
    const handle = handleOf(element);
    if (handle !== null) return handle;
    if (element.matches(`${here}, dialog[open]`)) return element;
  }
  return document.querySelector<HTMLElement>(here) ?? main;
};

/**
 * `main` takes the focus where no step is open. `held` has or had the focus before anybody kept it.
 * Returns what ends it.
 */
export const keepFocus = (main: HTMLElement, held: EventTarget | null): (() => void) => {
  let last: HTMLElement | null = null;
  let above: readonly HTMLElement[] = [];
  /** Where this put the focus by itself, and nobody moved it since. */
  let placed: HTMLElement | null = null;
  let awaited = false;

  const put = (place: HTMLElement): void => {
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: 'nearest' });
    placed = place;
  };

  const settle = (): void => {
    awaited = false;
    const active = document.activeElement;
    if (!isLost(active)) {
      if (active !== placed || placed?.matches(here) === true) return;
      const next = document.querySelector<HTMLElement>(here);
      if (next !== null) put(next);
      return;
    }
    if (last === null) return;
    if (canHold(last)) last.focus({ preventScroll: true });
    // Disabled for the time of a call: it gets the focus back when it can take it.
    else if (!(last.isConnected && last.checkVisibility())) put(refugeOf(above, main));
  };

  /** The browser itself takes the focus off with the next frame, so it is looked at after that. */
  const look = (): void => {
    if (awaited || last === null) return;
    awaited = true;
    requestAnimationFrame(() => setTimeout(settle));
  };

  const hold = (target: EventTarget | null): void => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    above = ancestorsOf(last);
    if (last !== placed) placed = null;
  };
  const onFocus = (event: FocusEvent): void => hold(event.target);
  /** Whoever presses on nothing wants the focus nowhere. */
  const onClick = (): void => {
    if (isNowhere(document.activeElement)) last = null;
  };

  const observer = new MutationObserver(look);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ['disabled', 'hidden', 'open', 'data-place'],
  });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('click', onClick, true);
  const active = document.activeElement;
  hold(isLost(active) ? held : active);
  look();
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', onFocus);
    document.removeEventListener('click', onClick, true);
  };
};
