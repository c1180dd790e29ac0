/**
 * The name a workspace's runtimes live under. 3–30 of a–z, 0–9 and hyphen; no hyphen at either end;
 * none at both third and fourth place, where DNS puts its own prefixes (`xn--` and those to come).
 * What is typed is trimmed and lower-cased first, nothing else is repaired.
 */
export type SubdomainRefusal = 'subdomain_invalid' | 'subdomain_reserved';

export type SubdomainCheck =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly name: string; readonly code: SubdomainRefusal };

const shape = /^[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$/;

/** Names of our own, names people trust, and names that mail or certificates give meaning to. */
const reserved = new Set(
  `about abuse account accounts admin administrator agent agents api apis app apps appwrite
   assets auth autoconfig autodiscover backup billing blog broadcasthost cdn checkout codex
   config console contact control customer dashboard deploy dev dns docs dokploy download
   email feedback files ftp functions gateway git graphql help hooks host hostmaster hosting http
   https imap info internal invite invites isatap legal localdomain localhost login logout mail
   marketing mdns metrics monitor news noc notify ns1 ns2 ns3 ns4 oauth openai openclaw operator
   operators order orders payapp payment payments policy pop pop3 portal postmaster privacy
   private production proxy public realtime reconcile registry root router runtime runtimes sales
   secure security server signup site sites smtp ssl staging static statistics status
   storage store sudo support system team teams tenant terms test tls token traefik usenet
   user users uucp verify vpn webhook webhooks webmail webmaster workspace workspaces wpad www www1
   www2 www3`.split(/\s+/),
);

/** `www-2` would read as a neighbour of `www`: the numbered form of a reserved name is reserved. */
const isReserved = (name: string): boolean =>
  reserved.has(name) || reserved.has(name.replace(/-\d+$/, ''));

export const checkSubdomain = (typed: string): SubdomainCheck => {
  const name = typed.trim().toLowerCase();
  if (!shape.test(name) || name.slice(2, 4) === '--') {
    return { ok: false, name, code: 'subdomain_invalid' };
  }
  if (isReserved(name)) return { ok: false, name, code: 'subdomain_reserved' };
  return { ok: true, name };
};

/** Name of a workspace's nth runtime, counted from 1: `acme`, `acme-2`, `acme-3` … */
export const runtimeName = (subdomain: string, place: number): string =>
  place === 1 ? subdomain : `${subdomain}-${place}`;

export const hostOf = (name: string, runtimeDomain: string): string => `${name}.${runtimeDomain}`;
