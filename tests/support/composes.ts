/** Services as the small working deployer keeps them. */
import type { ComposeConfig } from '#ports/runtime.ts';

interface Deployment {
  readonly title: string;
  readonly startedAtMs: number;
  readonly file?: string;
  fails: boolean;
}

export interface Compose {
  readonly name: string;
  config: ComposeConfig | null;
  readonly project: string;
  readonly serverId: string | null;
  readonly deployments: Deployment[];
  stopped: boolean;
}

export const runsNow = (compose: Compose): boolean =>
  !compose.stopped && compose.deployments.some((deployment) => !deployment.fails);

/** Names of the services of a compose file of ours. */
export const servicesIn = (file: string): readonly string[] => {
  const [services = ''] = file.split('\nvolumes:');
  return [...services.matchAll(/^ {2}(\w+):$/gm)].map(([, name = '']) => name);
};
