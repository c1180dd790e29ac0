import { describe, expect, it } from 'vitest';
import { deferScripts } from '../deploy/pages.ts';

const html =
  `<head><script src="/boot.js"></script>` +
  `<meta content="default-src 'none'; script-src 'self' 'sha256-abc='; style-src 'self' 'sha256-x='">` +
  `<link href="/_app/a.js" rel="modulepreload"> <link href="/_app/b.js" rel="modulepreload">` +
  `</head><body><div id="app"><p>hello</p> <script>go(document.currentScript.parentElement)` +
  `</script></div></body>`;
const extras = [
  { path: '_app/ko.js', language: 'ko' },
  { path: '_app/en.js', language: 'en' },
  { path: '_app/signup.js', visitor: 'invited' },
  { path: '_app/steps.ko.js', language: 'ko', visitor: 'seen' },
] as const;

describe('a built page', () => {
  const { html: page, starter } = deferScripts(html, extras);

  it('holds no script of its own, and its policy allows none', () => {
    expect(page).not.toMatch(/<script>/);
    expect(page).toContain("script-src 'self';");
    // That of a style is another matter.
    expect(page).toContain("'sha256-x='");
  });

  it('fetches nothing of the program by itself, and says what is to be fetched later', () => {
    expect(page).not.toContain('modulepreload');
    for (const path of ['/_app/a.js', '/_app/b.js', '/_app/ko.js', '/_app/en.js']) {
      expect(page).toContain(`<link rel="later" href="${path}"`);
    }
    expect(page).toContain('href="/_app/signup.js" data-visitor="invited">');
    expect(page).toContain('href="/_app/steps.ko.js" data-words="ko" data-visitor="seen">');
    expect(page).toContain(`href="/${starter.path}" data-starter`);
    expect(page.indexOf('boot.js')).toBeGreaterThan(page.lastIndexOf('rel="later"'));
  });

  it('is started in its own element by a file that is named after what is in it', () => {
    expect(starter.text).toBe("go(document.getElementById('app'))");
    expect(starter.path).toMatch(/^_app\/immutable\/entry\/begin\.[0-9a-f]{8}\.js$/);
    const other = deferScripts(html.replace('go(', 'run('), extras).starter;
    expect(other.path).not.toBe(starter.path);
  });

  it.each([
    ['no script', html.replace(/<script>[\s\S]*?<\/script>/, '')],
    ['two scripts', html.replace('</body>', '<script>more()</script></body>')],
    ['no preloads', html.replaceAll('modulepreload', 'preload')],
    ['no hash', html.replace(" 'sha256-abc='", '')],
    ['no boot.js', html.replace('boot.js', 'other.js')],
  ])('with %s is not shipped', (_, broken) => {
    expect(() => deferScripts(broken, extras)).toThrow('The page');
  });
});
