/**
 * What the deployed page may do, asked of the browser that enforces it: no script but its own files,
 * no host but its own, nothing kept that opens anything.
 */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Stage } from '../stage.ts';

/** All of them run in the page, so they are text: the project's types know no document. */
const policyScript = `document.querySelector('meta[http-equiv="content-security-policy"]').content`;

/** Tries what an attacker would; resolves with the directives that stood in the way. */
const attackScript = `(async () => {
  const refused = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    refused.push(event.effectiveDirective));
  const script = document.createElement('script');
  script.textContent = 'globalThis.broke = 1';
  document.head.append(script);
  const button = document.createElement('button');
  button.setAttribute('onclick', 'globalThis.broke = 1');
  document.body.append(button);
  button.click();
  button.remove();
  await fetch('https://elsewhere.example/').catch(() => undefined);
  const image = new Image();
  image.src = 'https://elsewhere.example/pixel.png';
  const frame = document.createElement('iframe');
  frame.src = 'https://elsewhere.example/';
  document.body.append(frame);
  for (let look = 0; look < 50 && new Set(refused).size < 5; look += 1) {
    await new Promise((done) => setTimeout(done, 40));
  }
  frame.remove();
  script.remove();
  return { broke: globalThis.broke === 1, refused: [...new Set(refused)].sort() };
})()`;

const keptScript = `Object.fromEntries([...Object.entries(localStorage),
  ...Object.entries(sessionStorage)])`;

/** Choices of the reader, where to scroll back to, and a login that was begun: none opens anything. */
const mayBeKept = /^(hd\.(theme|locale|seen)|hd\.(codex|smoke)\.[\w-]+|sveltekit:[\w-]+)$/;

const directive = (policy: string, name: string): readonly string[] =>
  policy
    .split(';')
    .map((part) => part.trim().split(/\s+/))
    .find(([first]) => first === name)
    ?.slice(1) ?? [];

export const holdsItsPolicy = async (stage: Stage, page: Page): Promise<void> => {
  const { siteUrl, apiUrl, runtimeDomain } = stage.product.world;
  const policy = await page.evaluate<string>(policyScript);
  for (const source of directive(policy, 'script-src')) {
    expect(source).toMatch(/^'(self|sha256-[\w+/=]+)'$/);
  }
  expect(directive(policy, 'default-src')).toEqual(["'none'"]);
  const hosts = directive(policy, 'connect-src').filter((source) => source !== "'self'");
  const own = [new URL(apiUrl).host, `*.${runtimeDomain}`];
  expect([...new Set(hosts.map((source) => source.replace(/^\w+:\/\//, '')))]).toEqual(own);

  const attack = await page.evaluate<{ broke: boolean; refused: string[] }>(attackScript);
  expect(attack.broke).toBe(false);
  expect(attack.refused).toEqual([
    'connect-src',
    'frame-src',
    'img-src',
    'script-src-attr',
    'script-src-elem',
  ]);
  expect(new URL(page.url()).origin).toBe(new URL(siteUrl).origin);
};

export const keepsNoSecret = async (page: Page, secrets: readonly string[]): Promise<void> => {
  const kept = await page.evaluate<Record<string, string>>(keptScript);
  expect(Object.keys(kept).filter((key) => !mayBeKept.test(key))).toEqual([]);
  const text = JSON.stringify(kept);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
};

/** Hosts that the site's own page asked for something, other than by going there. */
export const listenForHosts = (stage: Stage, page: Page): ReadonlySet<string> => {
  const hosts = new Set<string>();
  page.on('request', (request) => {
    const isOurs = request.frame().url().startsWith(stage.product.world.siteUrl);
    if (isOurs && !request.isNavigationRequest()) hosts.add(new URL(request.url()).host);
  });
  return hosts;
};
