/** Domains that lead to the site and to the payapp function, and the address PayApp is told. */
import type { Api } from './api.ts';
import { feedbackFunction, siteId } from './installation.ts';
import type { Installation } from './installation.ts';
import { SetupError } from './output.ts';
import { leadsTo } from './plan-project.ts';
import type { WantedDomain } from './plan-project.ts';
import { rulesOf } from './remote.ts';
import type { RemoteRule } from './remote.ts';

const hostOf = (url: string): string => new URL(url).hostname;

export const wantedDomains = ({
  siteUrl,
  feedbackBaseUrl,
}: Installation): readonly WantedDomain[] => {
  const site: WantedDomain = { domain: hostOf(siteUrl), resource: 'site', id: siteId };
  if (feedbackBaseUrl === null) return [site];
  const domain = hostOf(feedbackBaseUrl);
  return [site, { domain, resource: 'function', id: feedbackFunction }];
};

/** Undefined only before the function exists. Appwrite's own domain has the API's scheme and port. */
export const feedbackBaseUrlOf = (
  { feedbackBaseUrl, target }: Installation,
  rules: readonly RemoteRule[],
): string | undefined => {
  if (feedbackBaseUrl !== null) return feedbackBaseUrl;
  const given = rules
    .filter(
      (rule) =>
        rule.deploymentResourceType === 'function' &&
        rule.deploymentResourceId === feedbackFunction,
    )
    .map(({ domain }) => domain)
    .toSorted()[0];
  if (given === undefined) return undefined;
  const { protocol, port } = new URL(target.endpoint);
  return `${protocol}//${given}${port === '' ? '' : `:${port}`}`;
};

/** Throws SetupError when the domain already leads elsewhere: taking it away is not ours. */
export const ensureDomain = async (api: Api, wanted: WantedDomain): Promise<void> => {
  const { domain, resource, id } = wanted;
  const rules = await rulesOf(api);
  if (rules.some((rule) => leadsTo(rule, wanted))) return;
  const other = rules.find((rule) => rule.domain === domain);
  if (other !== undefined) {
    throw new SetupError(
      `${domain} leads to ${other.deploymentResourceType} ${other.deploymentResourceId}, not to ` +
        `${resource} ${id}. Remove that domain in the console and run the same command again.`,
    );
  }
  await api.send('POST', `/proxy/rules/${resource}`, { domain, [`${resource}Id`]: id });
};
