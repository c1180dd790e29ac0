/** One installation of the product: where it is deployed to, and the addresses it is reached at. */
import type { Target } from './connect.ts';
import type { Secret } from './secret.ts';
import type { FunctionVariables } from './variables.ts';

export interface Installation {
  readonly target: Target;
  /** Where the browser finds the site; its host is a domain of the site and a web platform. */
  readonly siteUrl: string;
  /** API as the browser reaches it: `https://api.example.com/v1`. */
  readonly apiUrl: string;
  readonly runtimeDomain: string;
  readonly runtimeScheme: 'http' | 'https';
  /** Public address of the payapp function; null = the domain Appwrite gave it. */
  readonly feedbackBaseUrl: string | null;
  readonly variables: (feedbackBaseUrl: string) => FunctionVariables;
  /** Keys the readable digests of variables. */
  readonly digestKey: Secret;
  /** Values that must not be seen in what others say. */
  readonly secrets: readonly Secret[];
}

export const siteId = 'site';
export const feedbackFunction = 'payapp';
