/**
 * Proxy rules: which domain leads to which function, site, or to the API. A domain belongs to one
 * rule only. Beside them every function answers at `<functionId>.<functions domain>` and every
 * site at `<siteId>.<sites domain>` without a rule (see `domains.ts`).
 */
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import * as params from '../kernel/params.ts';
import type { Validator } from '../kernel/params.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import type { Answer, RequestContext, Route, Services } from '../kernel/types.ts';
import type { Stored } from '../functions/documents.ts';
import { parseListing, searchCondition } from '../functions/listing.ts';
import { ruleDefaults } from '../functions/model.ts';
import type { RuleRecord } from '../functions/model.ts';
import { presentRule } from '../functions/present.ts';
import type { Repositories } from '../functions/repositories.ts';

const LIST_ATTRIBUTES = [
  'domain',
  'type',
  'trigger',
  'deploymentResourceType',
  'deploymentResourceId',
  'deploymentId',
];
const MAX_DOMAIN_CHARS = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

export function isDomain(value: string): boolean {
  if (value.length > MAX_DOMAIN_CHARS) return false;
  const labels = value.split('.');
  return labels.length > 1 && labels.every((label) => LABEL.test(label));
}

const domainName: Validator<string> = (value) => {
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  if (isDomain(lower)) return lower;
  throw new params.Unfit('Value must be a valid domain');
};

class RuleHandlers {
  readonly #services: Services;
  readonly #repositories: Repositories;

  constructor(services: Services, repositories: Repositories) {
    this.#services = services;
    this.#repositories = repositories;
  }

  #insert(context: RequestContext, rule: Partial<RuleRecord>): Answer {
    const domain = params.required(context.body, 'domain', domainName);
    const { functionsDomain, sitesDomain } = this.#services.settings;
    if (domain === functionsDomain || domain === sitesDomain) {
      const reason = 'This domain name is not allowed. Please use a different domain.';
      throw new AppwriteError('general_argument_invalid', reason);
    }
    const document = {
      projectId: context.project.id,
      parentId: '',
      id: newId(),
      data: { ...ruleDefaults(), ...rule, domain },
    };
    try {
      return { status: 201, body: presentRule(this.#repositories.rules.insert(document)) };
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('rule_already_exists');
      throw error;
    }
  }

  #insertFor(context: RequestContext, type: 'function' | 'site'): Answer {
    const id = params.required(context.body, `${type}Id`, params.uid);
    const { functions, sites } = this.#repositories;
    const owner = (type === 'function' ? functions : sites).get(context.project.id, id);
    if (owner === undefined) throw new AppwriteError('rule_resource_not_found');
    return this.#insert(context, {
      deploymentResourceType: type,
      deploymentResourceId: id,
      deploymentId: owner.data.deploymentId,
    });
  }

  #createRedirect(context: RequestContext): Answer {
    const url = params.required(context.body, 'url', params.text(2048));
    const statusCode = params.required(context.body, 'statusCode', params.range(301, 308));
    return this.#insert(context, {
      type: 'redirect',
      redirectUrl: url,
      redirectStatusCode: statusCode,
    });
  }

  #find(context: RequestContext): Stored<RuleRecord> {
    const found = this.#repositories.rules.get(context.project.id, context.params['ruleId'] ?? '');
    if (found === undefined) throw new AppwriteError('rule_not_found');
    return found;
  }

  #list(context: RequestContext): Answer {
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const search = searchCondition(context.query.get('search') ?? '');
    const found = this.#repositories.rules.list({ projectId: context.project.id }, listing, [
      search,
    ]);
    return { status: 200, body: { total: found.total, rules: found.documents.map(presentRule) } };
  }

  #remove(context: RequestContext): Answer {
    const rule = this.#find(context);
    this.#repositories.rules.remove(rule.projectId, rule.id);
    return { status: 204 };
  }

  routes(): readonly Route[] {
    const write = 'rules.write';
    const read = 'rules.read';
    const all = '/proxy/rules';
    const one = `${all}/:ruleId`;
    const forFunction = (context: RequestContext): Answer => this.#insertFor(context, 'function');
    const forSite = (context: RequestContext): Answer => this.#insertFor(context, 'site');
    const api = (context: RequestContext): Answer => this.#insert(context, { type: 'api' });
    const redirect = (context: RequestContext): Answer => this.#createRedirect(context);
    const show = (context: RequestContext): Answer => ({
      status: 200,
      body: presentRule(this.#find(context)),
    });
    return [
      { method: 'POST', path: `${all}/function`, scope: write, handler: forFunction },
      { method: 'POST', path: `${all}/site`, scope: write, handler: forSite },
      { method: 'POST', path: `${all}/api`, scope: write, handler: api },
      { method: 'POST', path: `${all}/redirect`, scope: write, handler: redirect },
      { method: 'GET', path: all, scope: read, handler: (context) => this.#list(context) },
      { method: 'GET', path: one, scope: read, handler: show },
      { method: 'PATCH', path: `${one}/verification`, scope: write, handler: show },
      { method: 'DELETE', path: one, scope: write, handler: (context) => this.#remove(context) },
    ];
  }
}

export function createRuleRoutes(services: Services, repositories: Repositories): readonly Route[] {
  return new RuleHandlers(services, repositories).routes();
}
