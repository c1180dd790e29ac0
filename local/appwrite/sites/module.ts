/** Sites: their settings, variables and deployments. Serving them is `serve.ts`, by host name. */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import * as params from '../kernel/params.ts';
import type { Answer, Json, Module, RequestContext, Route, Services } from '../kernel/types.ts';
import { siteCatalogue } from '../functions/catalogue-routes.ts';
import { FRAMEWORKS, RUNTIMES } from '../functions/catalogue.ts';
import { createDeploymentRoutes } from '../functions/deployment-routes.ts';
import { Deployments } from '../functions/deployments.ts';
import type { Stored } from '../functions/documents.ts';
import { parseListing, searchCondition } from '../functions/listing.ts';
import { siteDefaults } from '../functions/model.ts';
import type { DeploymentRecord, SiteRecord } from '../functions/model.ts';
import { presentSite } from '../functions/present.ts';
import { COMPUTE_SCHEMA, createRepositories, siteParent } from '../functions/repositories.ts';
import type { Repositories } from '../functions/repositories.ts';
import { createVariableRoutes, variableValues, variablesOf } from '../functions/variables.ts';

const READ = 'sites.read';
const WRITE = 'sites.write';
const ONE = '/sites/:siteId';
const MAX_TIMEOUT_SECONDS = 900;
const LIST_ATTRIBUTES = ['name', 'enabled', 'framework', 'deploymentId', 'buildRuntime'];

function readSite(body: Json, present: SiteRecord): SiteRecord {
  const command = params.text(8192, 0);
  const text = (name: string, rule = command): string => params.optional(body, name, rule, '');
  const adapter = params.optional(body, 'adapter', params.oneOf(['static', 'ssr'] as const), '');
  const specification = text('specification', params.text(64));
  return {
    ...present,
    name: params.required(body, 'name', params.text(128)),
    framework: params.required(body, 'framework', params.oneOf(FRAMEWORKS)),
    enabled: params.optional(body, 'enabled', params.boolean, true),
    logging: params.optional(body, 'logging', params.boolean, true),
    timeout: params.optional(body, 'timeout', params.range(1, MAX_TIMEOUT_SECONDS), 30),
    installCommand: text('installCommand'),
    buildCommand: text('buildCommand'),
    startCommand: text('startCommand'),
    outputDirectory: text('outputDirectory'),
    buildRuntime: text('buildRuntime', params.oneOf(RUNTIMES)) || present.buildRuntime,
    adapter,
    fallbackFile: text('fallbackFile', params.text(255, 0)),
    deploymentRetention: params.optional(body, 'deploymentRetention', params.range(0, 365), 0),
    buildSpecification:
      text('buildSpecification', params.text(64)) || specification || present.buildSpecification,
    runtimeSpecification:
      text('runtimeSpecification', params.text(64)) ||
      specification ||
      present.runtimeSpecification,
  };
}

/** Commands of the upload win over those of the site; `true` and nothing are not run. */
function commandsOf(body: Json, site: SiteRecord): string {
  const command = params.text(8192, 0);
  const steps = [
    params.optional(body, 'installCommand', command, site.installCommand),
    params.optional(body, 'buildCommand', command, site.buildCommand),
  ];
  return steps.filter((step) => step.trim() !== '' && step.trim() !== 'true').join(' && ');
}

class SiteRoutes {
  readonly #repositories: Repositories;
  readonly #deployments: Deployments;

  constructor(repositories: Repositories, deployments: Deployments) {
    this.#repositories = repositories;
    this.#deployments = deployments;
  }

  find(context: RequestContext): Stored<SiteRecord> {
    const id = context.params['siteId'] ?? '';
    const found = this.#repositories.sites.get(context.project.id, id);
    if (found === undefined) throw new AppwriteError('site_not_found');
    return found;
  }

  #show(context: RequestContext, site: Stored<SiteRecord>): Json {
    const variables = variablesOf(this.#repositories, site.projectId, siteParent(site.id));
    return presentSite(site, variables, context.format);
  }

  #create(context: RequestContext): Answer {
    const asked = params.required(context.body, 'siteId', params.customId);
    params.required(context.body, 'buildRuntime', params.oneOf(RUNTIMES));
    const data = readSite(context.body, siteDefaults());
    const id = idOrNew(asked);
    const projectId = context.project.id;
    if (this.#repositories.sites.get(projectId, id) !== undefined) {
      throw new AppwriteError('site_already_exists');
    }
    const site = this.#repositories.sites.insert({ projectId, parentId: '', id, data });
    return { status: 201, body: this.#show(context, site) };
  }

  #list(context: RequestContext): Answer {
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const search = searchCondition(context.query.get('search') ?? '');
    const found = this.#repositories.sites.list({ projectId: context.project.id }, listing, [
      search,
    ]);
    const sites = found.documents.map((site) => this.#show(context, site));
    return { status: 200, body: { total: found.total, sites } };
  }

  #update(context: RequestContext): Answer {
    const site = this.find(context);
    const change = { ...readSite(context.body, site.data), live: false };
    const updated = this.#repositories.sites.update(site.projectId, site.id, change);
    return { status: 200, body: this.#show(context, updated ?? site) };
  }

  async #remove(context: RequestContext): Promise<Answer> {
    const { projectId, id } = this.find(context);
    await this.#deployments.removeAll('sites', projectId, id);
    this.#repositories.variables.removeChildren(projectId, siteParent(id));
    this.#deployments.removeRules('site', projectId, id);
    this.#repositories.sites.remove(projectId, id);
    return { status: 204 };
  }

  #activate(context: RequestContext): Answer {
    const id = params.required(context.body, 'deploymentId', params.uid);
    const site = this.find(context);
    this.#deployments.activate('sites', site.projectId, { resourceId: site.id, id });
    return { status: 200, body: this.#show(context, this.find(context)) };
  }

  routes(): readonly Route[] {
    return [
      { method: 'POST', path: '/sites', scope: WRITE, handler: (c) => this.#create(c) },
      { method: 'GET', path: '/sites', scope: READ, handler: (c) => this.#list(c) },
      {
        method: 'GET',
        path: ONE,
        scope: READ,
        handler: (c) => ({ status: 200, body: this.#show(c, this.find(c)) }),
      },
      { method: 'PUT', path: ONE, scope: WRITE, handler: (c) => this.#update(c) },
      { method: 'DELETE', path: ONE, scope: WRITE, handler: (c) => this.#remove(c) },
      {
        method: 'PATCH',
        path: `${ONE}/deployment`,
        scope: WRITE,
        handler: (c) => this.#activate(c),
      },
    ];
  }

  /** What an upload's fields and the site make of a deployment. */
  source(context: RequestContext): Partial<DeploymentRecord> {
    const site = this.find(context);
    const output = params.optional(context.body, 'outputDirectory', params.text(8192, 0), '');
    return {
      commands: commandsOf(context.body, site.data),
      outputDirectory: output || site.data.outputDirectory,
    };
  }
}

export function createSites(services: Services): Module {
  const repositories = createRepositories(services);
  const deployments = new Deployments({
    services,
    repositories,
    buildEnv: ({ projectId, data }) =>
      variableValues(repositories, projectId, siteParent(data.resourceId)),
    released: () => Promise.resolve(),
  });
  const sites = new SiteRoutes(repositories, deployments);
  return {
    schema: COMPUTE_SCHEMA,
    routes: [
      ...siteCatalogue,
      ...sites.routes(),
      ...createVariableRoutes({
        path: `${ONE}/variables`,
        read: READ,
        write: WRITE,
        repositories,
        owner(context) {
          const { id, projectId } = sites.find(context);
          return {
            resourceType: 'site',
            resourceId: id,
            parentId: siteParent(id),
            changed: () => void repositories.sites.update(projectId, id, { live: false }),
          };
        },
      }),
      ...createDeploymentRoutes({
        kind: 'sites',
        idParam: 'siteId',
        read: READ,
        write: WRITE,
        repositories,
        deployments,
        source: (context) => sites.source(context),
      }),
    ],
    lifecycle: {
      start: () => deployments.start(),
      stop: () => deployments.stop(),
    },
  };
}
