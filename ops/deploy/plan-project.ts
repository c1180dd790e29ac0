/** What a deploy would change in the project itself: settings, platforms, teams, domains. */
import type { Change } from './change.ts';
import { differs, isSame } from './change.ts';
import type { AppwriteConfig } from './config.ts';
import type { RemoteRule, RemoteState } from './remote.ts';

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Fields of the console's project document; names of 1.9.6, as appwrite-cli 12 reads them. */
const methodFields: Readonly<Record<string, string>> = {
  jwt: 'authJWT',
  phone: 'authPhone',
  invites: 'authInvites',
  anonymous: 'authAnonymous',
  'email-otp': 'authEmailOtp',
  'magic-url': 'authUsersAuthMagicURL',
  'email-password': 'authEmailPassword',
};

const securityFields: Readonly<Record<string, string>> = {
  duration: 'authDuration',
  limit: 'authLimit',
  sessionsLimit: 'authSessionsLimit',
  passwordHistory: 'authPasswordHistory',
  passwordDictionary: 'authPasswordDictionary',
  personalDataCheck: 'authPersonalDataCheck',
  sessionAlerts: 'authSessionAlerts',
  mockNumbers: 'authMockNumbers',
};

type Wanted = readonly (readonly [name: string, field: string, value: unknown])[];

const wantedSettings = ({ projectName, settings }: AppwriteConfig): Wanted => [
  ['name', 'name', projectName],
  ...Object.entries(settings.services).map(
    ([name, value]) => [`services/${name}`, `serviceStatusFor${capital(name)}`, value] as const,
  ),
  ...Object.entries(settings.auth.methods).map(
    ([name, value]) => [`auth/methods/${name}`, methodFields[name] ?? name, value] as const,
  ),
  ...Object.entries(settings.auth.security).map(
    ([name, value]) => [`auth/security/${name}`, securityFields[name] ?? name, value] as const,
  ),
];

export const planSettings = (
  config: AppwriteConfig,
  { project }: Pick<RemoteState, 'project'>,
): readonly Change[] =>
  wantedSettings(config)
    // A field this server does not show cannot be compared; the doctor asks for it another way.
    .filter(([, field, value]) => field in project && !isSame(project[field], value))
    .map(([name, field, value]) => ({
      ...{ sign: 'change', kind: 'setting', name },
      detail: differs(name.split('/').at(-1) ?? name, project[field], value),
    }));

export const planTeams = (
  config: AppwriteConfig,
  { teams }: Pick<RemoteState, 'teams'>,
): readonly Change[] =>
  config.teams.flatMap(({ $id, name }): readonly Change[] => {
    const from = teams.find((team) => team.$id === $id);
    if (from === undefined) return [{ sign: 'create', kind: 'team', name: $id, detail: name }];
    if (from.name === name) return [];
    return [{ sign: 'change', kind: 'team', name: $id, detail: differs('name', from.name, name) }];
  });

export const planPlatforms = (
  siteHost: string,
  { platforms }: Pick<RemoteState, 'platforms'>,
): readonly Change[] =>
  platforms.includes(siteHost)
    ? []
    : [{ sign: 'create', kind: 'platform', name: siteHost, detail: 'web, may call the API' }];

export interface WantedDomain {
  readonly domain: string;
  readonly resource: 'function' | 'site';
  readonly id: string;
}

export const leadsTo = (rule: RemoteRule, { domain, resource, id }: WantedDomain): boolean =>
  rule.domain === domain &&
  rule.deploymentResourceType === resource &&
  rule.deploymentResourceId === id;

/** A domain that leads elsewhere is not taken away from there: the plan says so and stays unmet. */
export const planDomains = (
  wanted: readonly WantedDomain[],
  { rules }: Pick<RemoteState, 'rules'>,
): readonly Change[] =>
  wanted
    .filter((each) => !rules.some((rule) => leadsTo(rule, each)))
    .map((each) => ({
      ...{ sign: 'create', kind: 'domain', name: each.domain },
      detail: `leads to ${each.resource} ${each.id}`,
    }));
