/** Build of the site: static files only, everything it may reach is said in the policy below. */
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/**
 * The addresses of the API and of the runtimes are known only when the build is deployed, so the
 * policy baked here is the widest that may be shipped: any encrypted host, and plain ones on this
 * machine. The trade: until it is narrowed, a script that got in could send data to any https host;
 * what keeps it out is `script-src` without any foreign or inline source. `deploy/configure.ts`
 * narrows `connect-src` and `form-action` to the configured hosts when it writes `config.json`.
 */
const openConnectSources = [
  'self',
  'https:',
  'wss:',
  'http://localhost:*',
  'http://*.localhost:*',
  'http://127.0.0.1:*',
  'ws://localhost:*',
  'ws://*.localhost:*',
  'ws://127.0.0.1:*',
] as const;

/** Where a form may be posted: the runtime's own host opens its Control UI by such a post. */
const openFormTargets = [
  'https:',
  'http://localhost:*',
  'http://*.localhost:*',
  'http://127.0.0.1:*',
] as const;

/** What every first page is made of: few files, because on a phone each is a round trip. */
const firstPage = new RegExp(
  `/site/src/(routes/\\+(layout|page)|lib/(${[
    'ui/(text-attribute|Shell|FlowFrame|Step|Icon|StateChip|Notice|Field|FailureNotice|account/(SignedOut|AccountForms))',
    'state/(app|action|next-turn)',
    'api/(config|failure|seen)',
    'flow/(words|clock)',
    'copy/(index|locale)',
  ].join('|')}))\\.`,
);

/** What is read of a signed-in customer's rows, on whichever page: needed together, so one file. */
const rows = new RegExp(
  '/node_modules/zod/|/schemas/contract/(rows|roles|common|vocabulary|operation|agent)\\.' +
    `|/site/src/lib/(${[
      'api/(reader|refusal|limits)',
      'state/(world|after-paint|selection)',
      'flow/(role|polling)',
      'copy/format',
      'ui/AccountMenu',
    ].join('|')})\\.`,
);

/** The six steps around whichever of them is open. */
const steps =
  /\/site\/src\/lib\/(flow\/(steps|slots)|ui\/product\/(Flow|FlowView|parts|Runtime(Picker|Tabs)))\./;

/** Svelte and the kit's client: they change when the lock file does, and pack better together. */
const runtime =
  /\/node_modules\/(svelte|esm-env|clsx)\/|\/kit\/src\/runtime\/(client\/client(-entry)?|app\/paths\/(client|index))\.js|\/state\/history-state\./;

/** The pages as they are built keep devalue; what a browser fetches needs none of it. */
const withoutDevalue: Plugin = {
  name: 'without-devalue',
  enforce: 'pre',
  applyToEnvironment: ({ config }) => config.consumer === 'client',
  resolveId: (id) =>
    id === 'devalue'
      ? fileURLToPath(new URL('./src/lib/state/history-state.ts', import.meta.url))
      : null,
};

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root,
  plugins: [
    withoutDevalue,
    sveltekit({
      adapter: adapter({
        pages: `${root}build`,
        assets: `${root}build`,
        fallback: '200.html',
        strict: true,
      }),
      paths: { relative: false },
      // What the first page looks like comes with it: on a phone each file more is a round trip.
      inlineStyleThreshold: 16_384,
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['none'],
          'script-src': ['self'],
          // The hash is the style attribute of SvelteKit's route announcer, its only one.
          'style-src': [
            'self',
            'unsafe-hashes',
            'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo=',
          ],
          'img-src': ['self', 'data:'],
          'font-src': ['self'],
          'manifest-src': ['self'],
          'connect-src': [...openConnectSources],
          'form-action': ['self', ...openFormTargets],
          'base-uri': ['none'],
          'object-src': ['none'],
        },
      },
      version: { pollInterval: 0 },
    }),
  ],
  resolve: { alias: { '#lib': fileURLToPath(new URL('./src/lib', import.meta.url)) } },
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The kit reads it before anything else of it runs: it must stay alone.
            { name: 'payload', test: /\/kit\/src\/runtime\/client\/payload\.js/, priority: 3 },
            { name: 'runtime', test: runtime, priority: 2 },
            { name: 'page', test: firstPage, priority: 1 },
            { name: 'rows', test: rows },
            { name: 'steps', test: steps },
          ],
        },
      },
    },
  },
});
