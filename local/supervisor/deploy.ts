/**
 * Deploys the product to the embedded Appwrite as it is deployed in production: by `ops/deploy`,
 * which drives the real appwrite-cli from appwrite.json. Here every loss counts as confirmed: the
 * data of this machine is a trial's.
 */
import { openDeployment } from '#ops/deploy/deploy.ts';
import type { Deployment, Note } from '#ops/deploy/deploy.ts';
import { Secret } from '#ops/deploy/secret.ts';
import { pickVariables } from '#ops/deploy/variables.ts';
import type { Secrets } from './secrets.ts';
import type { World } from './world.ts';

export interface DeployInput {
  readonly world: World;
  readonly secrets: Secrets;
  readonly folder: string;
  readonly logs: string;
  readonly values: Readonly<Record<string, string>>;
}

const deploymentOf = ({ world, secrets, values, folder, logs }: DeployInput): Deployment => {
  const hidden = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, new Secret(value)]),
  );
  const variables = pickVariables(hidden);
  return {
    folder,
    logs,
    installation: {
      target: {
        endpoint: world.internalApiUrl,
        projectId: world.projectId,
        key: new Secret(secrets.appwriteKey),
        consoleEmail: world.consoleEmail,
        consolePassword: new Secret(secrets.consolePassword),
      },
      siteUrl: world.siteUrl,
      apiUrl: world.apiUrl,
      runtimeDomain: world.runtimeDomain,
      runtimeScheme: 'http',
      feedbackBaseUrl: world.feedbackBaseUrl,
      variables: () => variables,
      digestKey: new Secret(secrets.orderTokenKey),
      secrets: Object.values(secrets).map((value) => new Secret(value)),
    },
  };
};

export const deploy = async (input: DeployInput, note: Note): Promise<void> => {
  note('comparing');
  const opened = await openDeployment(deploymentOf(input));
  try {
    await opened.apply('all', note);
  } finally {
    await opened.close();
  }
};
