/**
 * Finds what a host name leads to and lets it answer. A rule wins; without one
 * `<functionId>.<functions domain>` and `<siteId>.<sites domain>` lead to their owners.
 */
import { AppwriteError } from '../kernel/errors.ts';
import type { DomainHandler, Services } from '../kernel/types.ts';
import type { Deployments } from '../functions/deployments.ts';
import type { Executor } from '../functions/executor.ts';
import type { RuleRecord } from '../functions/model.ts';
import type { Repositories } from '../functions/repositories.ts';
import { createSiteServer } from '../sites/serve.ts';
import { createFunctionDomain } from './function-domain.ts';
import { sendErrorPage } from './page.ts';

export interface DomainsOptions {
  readonly services: Services;
  readonly repositories: Repositories;
  readonly deployments: Deployments;
  readonly executor: Executor;
}

export interface DomainTarget {
  readonly type: 'function' | 'site' | 'api' | 'redirect';
  readonly projectId: string;
  readonly resourceId: string;
  readonly rule?: RuleRecord;
}

/** The name in front of `domain`, if the host lies directly below it. */
export function labelBelow(host: string, domain: string): string | undefined {
  if (!host.endsWith(`.${domain}`)) return undefined;
  const label = host.slice(0, -domain.length - 1);
  return label === '' ? undefined : label;
}

export function findTarget(
  services: Services,
  repositories: Repositories,
  host: string,
): DomainTarget | undefined {
  const [rule] = repositories.rules.where(
    { sql: "json_extract(doc, '$.domain') = ?", values: [host] },
    1,
  );
  if (rule !== undefined) {
    const { data, projectId } = rule;
    const type = data.type === 'deployment' ? data.deploymentResourceType : data.type;
    if (type === '') return undefined;
    return { type, projectId, resourceId: data.deploymentResourceId, rule: data };
  }
  const { functionsDomain, sitesDomain } = services.settings;
  const byId = { sql: 'lower(id) = ?' };
  const functionId = labelBelow(host, functionsDomain);
  if (functionId !== undefined) {
    const [found] = repositories.functions.where({ ...byId, values: [functionId] }, 1);
    if (found !== undefined) {
      return { type: 'function', projectId: found.projectId, resourceId: found.id };
    }
  }
  const siteId = labelBelow(host, sitesDomain);
  if (siteId === undefined) return undefined;
  const [site] = repositories.sites.where({ ...byId, values: [siteId] }, 1);
  return site && { type: 'site', projectId: site.projectId, resourceId: site.id };
}

export function createDomains(options: DomainsOptions): DomainHandler {
  const { services, repositories } = options;
  const functionDomain = createFunctionDomain(options);
  const siteServer = createSiteServer(options);
  return {
    async handle(request, response, host) {
      const target = findTarget(services, repositories, host);
      if (target === undefined || target.type === 'api') return false;
      try {
        if (target.type === 'function') await functionDomain(request, response, target);
        else if (target.type === 'site') await siteServer(request, response, target);
        else {
          const { redirectUrl = '', redirectStatusCode = 301 } = target.rule ?? {};
          response.writeHead(redirectStatusCode, { location: redirectUrl }).end();
        }
      } catch (error) {
        if (!(error instanceof AppwriteError)) throw error;
        sendErrorPage(response, error);
      }
      return true;
    },
  };
}
