/** Version, liveness, ping and locale: what SDKs and the CLI ask before anything else. */
import { SERVER_VERSION } from '../kernel/errors.ts';
import type { Module, RequestContext } from '../kernel/types.ts';

/** No address is looked up: everything here comes from this machine. */
const locale = (context: RequestContext): Record<string, unknown> => ({
  ip: context.ip,
  countryCode: '--',
  country: 'Unknown',
  continentCode: '--',
  continent: 'Unknown',
  eu: false,
  currency: 'USD',
});

export const healthModule: Module = {
  schema: '',
  routes: [
    {
      method: 'GET',
      path: '/health/version',
      scope: '',
      handler: () => ({ status: 200, body: { version: SERVER_VERSION } }),
    },
    {
      method: 'GET',
      path: '/health',
      scope: 'health.read',
      handler: () => ({ status: 200, body: { name: 'http', ping: 0, status: 'pass' } }),
    },
    {
      method: 'GET',
      path: '/health/db',
      scope: 'health.read',
      handler(context) {
        const start = performance.now();
        context.services.store.prepare('SELECT 1').get();
        const ping = Math.round(performance.now() - start);
        return { status: 200, body: { statuses: [{ name: 'sqlite', ping, status: 'pass' }] } };
      },
    },
    {
      method: 'GET',
      path: '/ping',
      scope: '',
      handler: () => ({ status: 200, body: 'Pong!' }),
    },
    {
      method: 'GET',
      path: '/locale',
      scope: 'locale.read',
      handler: (context) => ({ status: 200, body: locale(context) }),
    },
  ],
};
