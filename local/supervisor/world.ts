/** Names and addresses of the product on one machine: what each part is told about the others. */
import type { Ports } from './ports.ts';

export interface World {
  readonly ports: Ports;
  readonly projectId: string;
  /** Where the browser finds the site; same-site with the API, so that cookies work. */
  readonly siteUrl: string;
  /** API as the browser reaches it. */
  readonly apiUrl: string;
  /** API as processes on this machine reach it (Node does not resolve `*.localhost`). */
  readonly internalApiUrl: string;
  readonly feedbackBaseUrl: string;
  readonly runtimeDomain: string;
  readonly payappUrl: string;
  readonly dokployUrl: string;
  readonly openaiUrl: string;
  readonly bucketUrl: string;
  /** What would have been mailed. */
  readonly mailUrl: string;
  readonly consoleEmail: string;
  readonly operatorEmail: string;
}

export const siteHost = 'hosted.localhost';
export const apiHost = `api.${siteHost}`;

export const worldOn = (ports: Ports): World => ({
  ports,
  projectId: 'hosted-dedicated',
  siteUrl: `http://${siteHost}:${ports.appwrite}`,
  apiUrl: `http://${apiHost}:${ports.appwrite}/v1`,
  internalApiUrl: `http://127.0.0.1:${ports.appwrite}/v1`,
  feedbackBaseUrl: `http://payapp.functions.localhost:${ports.appwrite}`,
  runtimeDomain: `runtimes.localhost:${ports.ingress}`,
  payappUrl: `http://127.0.0.1:${ports.payapp}`,
  dokployUrl: `http://127.0.0.1:${ports.dokploy}`,
  openaiUrl: `http://127.0.0.1:${ports.openai}`,
  bucketUrl: `http://127.0.0.1:${ports.bucket}`,
  mailUrl: `http://127.0.0.1:${ports.appwrite}/_mail`,
  consoleEmail: 'console@hosted.example',
  operatorEmail: 'operator@hosted.example',
});
