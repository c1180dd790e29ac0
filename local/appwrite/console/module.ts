/** Routes only the console and the CLI use that belong to no project. */
import type { House } from '../account/house.ts';
import type { Json, Module } from '../kernel/types.ts';

function variables(house: House): Json {
  const { settings } = house.services;
  return {
    _APP_DOMAIN_TARGET_CNAME: 'localhost',
    _APP_DOMAIN_TARGET_A: '127.0.0.1',
    _APP_DOMAIN_TARGET_AAAA: '::1',
    _APP_DOMAIN_TARGET_CAA: '',
    _APP_STORAGE_LIMIT: 30_000_000,
    _APP_COMPUTE_BUILD_TIMEOUT: 900,
    _APP_COMPUTE_SIZE_LIMIT: 30_000_000,
    _APP_USAGE_STATS: 'disabled',
    _APP_VCS_ENABLED: false,
    _APP_DOMAIN_ENABLED: true,
    _APP_ASSISTANT_ENABLED: false,
    _APP_DOMAIN_SITES: settings.sitesDomain,
    _APP_DOMAIN_FUNCTIONS: settings.functionsDomain,
    _APP_OPTIONS_FORCE_HTTPS: 'disabled',
    _APP_DOMAINS_NAMESERVERS: '',
    _APP_DB_ADAPTER: 'sqlite',
  };
}

export function createConsole(house: House): Module {
  return {
    schema: '',
    routes: [
      {
        method: 'GET',
        path: '/console/variables',
        scope: 'projects.read',
        handler: () => ({ status: 200, body: variables(house) }),
      },
    ],
  };
}
