/**
 * Opens a runtime's Control UI: the ticket goes to the runtime's host as a form field of a
 * top-level navigation, so that it is in no address, no history and no storage. The agent there
 * turns it into a session of its own and demands this site's Origin, which a browser sends with a
 * form post only while the page's referrer policy gives the origin away (`strict-origin`).
 */

export interface Pass {
  readonly endpoint: string;
  readonly ticket: string;
}

/** A tab to open the runtime in, or this one where the browser allows none. */
export interface Way {
  go(pass: Pass): void;
  /** Nothing will be opened: leaves no empty tab behind. */
  drop(): void;
}

const post = (page: Document, pass: Pass): void => {
  const form = page.createElement('form');
  form.method = 'post';
  form.action = pass.endpoint;
  form.hidden = true;
  const field = page.createElement('input');
  field.type = 'hidden';
  field.name = 'ticket';
  field.value = pass.ticket;
  form.append(field);
  page.body.append(form);
  form.submit();
  form.remove();
};

/** In this very tab: a download leaves the page where it is, and a refusal is a page to go back from. */
export const goHere = (pass: Pass): void => post(document, pass);

/**
 * Must be called in the click itself: a browser opens no tab for a page that asks a second later.
 * The runtime's pages are the tenant's, so the tab is cut off from this one before it goes there.
 */
export const openWay = (waitingText: string): Way => {
  const tab = window.open('', '_blank');
  if (tab === null) {
    return { go: (pass) => post(document, pass), drop: () => undefined };
  }
  tab.document.title = waitingText;
  tab.document.body.textContent = waitingText;
  return {
    go: (pass) => {
      if (tab.closed) return;
      tab.opener = null;
      post(tab.document, pass);
    },
    drop: () => tab.close(),
  };
};
