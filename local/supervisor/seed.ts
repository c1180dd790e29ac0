/** What a person needs to begin: an operator's login, and an invite made by the real function. */
import { AppwriteException, Client, Functions, Users } from 'node-appwrite';
import * as z from 'zod/mini';
import { createInvite } from '#schemas/contract/operator.ts';
import { SetupError } from './output.ts';
import type { World } from './world.ts';

const operatorId = 'operator';

const clientFor = (world: World, key: string): Client =>
  new Client().setEndpoint(world.internalApiUrl).setProject(world.projectId).setKey(key);

export const ensureOperator = async (
  world: World,
  key: string,
  password: string,
): Promise<void> => {
  const users = new Users(clientFor(world, key));
  try {
    await users.create({
      userId: operatorId,
      email: world.operatorEmail,
      password,
      name: 'Operator',
    });
  } catch (error) {
    // 409: a start before this one made it.
    if (!(error instanceof AppwriteException) || error.code !== 409) throw error;
  }
  await users.updateLabels({ userId: operatorId, labels: ['operator'] });
};

/** Runs the operator function as the console would: with a key, `execute` is the authority. */
export const makeInvite = async (world: World, key: string, note: string): Promise<string> => {
  const functions = new Functions(clientFor(world, key));
  const execution = await functions.createExecution({
    functionId: createInvite.function,
    xpath: createInvite.path,
    body: JSON.stringify({ note }),
  });
  const answer = z
    .object({ ok: z.literal(true), value: createInvite.value })
    .safeParse(JSON.parse(execution.responseBody || '{}'));
  if (!answer.success) {
    throw new SetupError(
      `No invite could be made: the operator function answered ${execution.responseStatusCode} ` +
        execution.responseBody.slice(0, 300),
    );
  }
  return answer.data.value.token;
};
