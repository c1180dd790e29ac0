/** What a person must still do in other people's consoles, with the exact values to enter. */
import * as z from 'zod/mini';
import { reach } from './api.ts';
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

const shownTarget = ({ cname }: DomainTarget): string =>
  cname === '' ? "the target Appwrite's console shows" : cname;

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
        `DNS: ${domain}  CNAME  ${shownTarget(target)}` +
        `   (leads to ${resource} ${id}; Appwrite verifies it by itself)`,
    );

/** `co.kr`, `com.au`, `or.jp`: what a country sells names below. */
const sharedSuffix = /\.(?:ac|co|com|edu|go|gov|ne|net|or|org|pe|re)\.[a-z]{2}$/;

/** The name that somebody bought, as far as its form tells. */
export const registrable = (host: string): string =>
  host
    .split('.')
    .slice(sharedSuffix.test(host) ? -3 : -2)
    .join('.');

export interface AnswerToPage {
  readonly status: number;
  /** Appwrite's own word; empty when the answer is not Appwrite's. */
  readonly type: string;
}

/** The first call of a page of the site, from a stranger's browser. Throws when there is no answer. */
export const askAsPage = async ({
  siteUrl,
  apiUrl,
  projectId,
}: {
  readonly siteUrl: string;
  readonly apiUrl: string;
  readonly projectId: string;
}): Promise<AnswerToPage> => {
  const headers = { origin: siteUrl, 'x-appwrite-project': projectId };
  const { status, body } = await reach(`${apiUrl}/account`, { headers });
  try {
    const { type } = z.object({ type: z.string() }).parse(JSON.parse(body.toString('utf8')));
    return { status, type };
  } catch {
    return { status, type: '' };
  }
};

/** The API's own domain belongs to no key and may be reached another way, so it is tried. */
const apiDomainStep = async (
  { siteUrl, apiUrl, target: { projectId } }: Installation,
  target: DomainTarget,
): Promise<readonly string[]> => {
  const { type } = await askAsPage({ siteUrl, apiUrl, projectId }).catch(() => ({ type: '' }));
  if (type !== '') return [];
  const host = new URL(apiUrl).hostname;
  return [
    `Appwrite → Settings → Custom domains: add ${host}; DNS: ${host}  CNAME  ${shownTarget(target)}` +
      '   (APPWRITE_PUBLIC_ENDPOINT does not answer yet; without it nobody can sign in)',
  ];
};

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
export const stepsByHand = async (
  installation: Installation,
  seen: {
    readonly remote: RemoteState;
    readonly target: DomainTarget;
    readonly feedbackBaseUrl: string;
  },
): Promise<readonly string[]> => [
  ...domainSteps(installation, seen.remote, seen.target),
  ...(await apiDomainStep(installation, seen.target)),
  ...apiStep(installation),
  `DNS: *.${installation.runtimeDomain.replace(/:\d+$/, '')}  A  the address of the server that runs the runtimes`,
  `PayApp → 설정 → 연동정보: leave 공통 통보 URL empty; every order carries its own feedback ` +
    `address below ${seen.feedbackBaseUrl}/feedback/ (https, no redirect in front of it)`,
  `Site: ${installation.siteUrl}   Operator page: ${installation.siteUrl}/operator`,
];
