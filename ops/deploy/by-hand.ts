/** What a person must still do in other people's consoles, with the exact values to enter. */
import * as z from 'zod/mini';
import type { ConsoleSession } from './connect.ts';
import type { Installation } from './installation.ts';
import { wantedDomains } from './domains.ts';
import type { RemoteState } from './remote.ts';

const consoleVariables = z.object({
  _APP_DOMAIN_TARGET_CNAME: z._default(z.string(), ''),
  _APP_DOMAIN_TARGET_A: z._default(z.string(), ''),
});

export interface DomainTarget {
  /** What a CNAME of one of our domains points to; empty = this server does not say. */
  readonly cname: string;
  readonly address: string;
}

export const domainTarget = async ({ console }: ConsoleSession): Promise<DomainTarget> => {
  const parsed = consoleVariables.safeParse(
    await console.get('/console/variables').catch(() => ({})),
  );
  const found = parsed.success
    ? parsed.data
    : { _APP_DOMAIN_TARGET_CNAME: '', _APP_DOMAIN_TARGET_A: '' };
  return { cname: found._APP_DOMAIN_TARGET_CNAME, address: found._APP_DOMAIN_TARGET_A };
};

const isReady = (status: string): boolean => status === 'verified' || status === '';

const domainSteps = (
  installation: Installation,
  { rules }: Pick<RemoteState, 'rules'>,
  target: DomainTarget,
): readonly string[] =>
  wantedDomains(installation)
    .filter(({ domain }) => {
      const rule = rules.find((each) => each.domain === domain);
      return rule !== undefined && !isReady(rule.status);
    })
    .map(
      ({ domain, resource, id }) =>
        `DNS: ${domain}  CNAME  ${target.cname === '' ? "the target Appwrite's console shows" : target.cname}` +
        `   (leads to ${resource} ${id}; Appwrite verifies it by itself)`,
    );

const registrable = (host: string): string => host.split('.').slice(-2).join('.');

/** Cookies of the API are the site's only where both are of one registrable domain. */
const apiStep = ({ siteUrl, apiUrl }: Installation): readonly string[] => {
  const [site, api] = [new URL(siteUrl).hostname, new URL(apiUrl).hostname];
  if (registrable(site) === registrable(api)) return [];
  return [
    `Appwrite → Settings → Custom domains: add api.${site}, then set ` +
      `APPWRITE_PUBLIC_ENDPOINT=https://api.${site}/v1 and deploy again. Sign-ins do not last in ` +
      'Safari and Firefox while the API is on another domain than the site.',
  ];
};

/** In order; empty when nothing is left. */
export const stepsByHand = (
  installation: Installation,
  seen: {
    readonly remote: RemoteState;
    readonly target: DomainTarget;
    readonly feedbackBaseUrl: string;
  },
): readonly string[] => [
  ...domainSteps(installation, seen.remote, seen.target),
  ...apiStep(installation),
  `DNS: *.${installation.runtimeDomain.replace(/:\d+$/, '')}  A  the address of the server that runs the runtimes`,
  `PayApp → 설정 → 연동정보: leave 공통 통보 URL empty; every order carries its own feedback ` +
    `address below ${seen.feedbackBaseUrl}/feedback/ (https, no redirect in front of it)`,
  `Site: ${installation.siteUrl}   Operator page: ${installation.siteUrl}/operator`,
];
