/**
 * What a person needs to begin: an operator's login, whoever delivers mail, a server with room for
 * runtimes, and an invite, the last two made by the real function.
 */
import { totalmem } from 'node:os';
import { AppwriteException, Client, Functions, Messaging, Users } from 'node-appwrite';
import * as z from 'zod/mini';
import { createInvite, listServers, saveServer } from '#schemas/contract/operator.ts';
import type { Operation } from '#schemas/contract/operation.ts';
import { SetupError } from './output.ts';
import type { World } from './world.ts';

const operatorId = 'operator';

/** Where the API is. */
type Door = Pick<World, 'internalApiUrl' | 'projectId'>;

const clientFor = (world: Door, key: string): Client =>
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

const providerId = 'mailbox';

/** As an operator sets one up in the console; here its mail ends in the mailbox page. */
export const ensureMailProvider = async (world: World, key: string): Promise<void> => {
  const messaging = new Messaging(clientFor(world, key));
  try {
    await messaging.createSMTPProvider({
      providerId,
      name: 'Mailbox on this machine',
      host: 'localhost',
      port: 25,
      fromName: 'Hosted Dedicated',
      fromEmail: 'no-reply@hosted.example',
      enabled: true,
    });
  } catch (error) {
    // 409: a start before this one made it. What an operator changed stays.
    if (!(error instanceof AppwriteException) || error.code !== 409) throw error;
  }
};

const answered = z.object({ ok: z.literal(true), value: z.unknown() });

/**
 * Runs the operator function as the console would: with a key, `execute` is the authority.
 * `what` ends the sentence "the product could not …".
 */
const asConsole = async <Body extends z.ZodMiniType, Value extends z.ZodMiniType>(
  functions: Functions,
  what: string,
  call: { readonly operation: Operation<Body, Value>; readonly body: z.infer<Body> },
): Promise<z.infer<Value>> => {
  const execution = await functions.createExecution({
    functionId: call.operation.function,
    xpath: call.operation.path,
    body: JSON.stringify(call.body),
  });
  const answer = answered.safeParse(JSON.parse(execution.responseBody || '{}'));
  const value = call.operation.value.safeParse(answer.data?.value);
  if (!value.success) {
    throw new SetupError(
      `The product could not ${what}: the operator function answered ` +
        `${execution.responseStatusCode} ${execution.responseBody.slice(0, 300)}`,
    );
  }
  return value.data;
};

export const makeInvite = async (world: Door, key: string, note: string): Promise<string> => {
  const functions = new Functions(clientFor(world, key));
  const made = await asConsole(functions, 'make an invite', {
    operation: createInvite,
    body: { note },
  });
  return made.token;
};

/** What a runtime takes here: OpenClaw about 1.2 GiB, the agent beside it next to nothing. */
const runtimeBytes = 1.25 * 1024 ** 3;
const fewestSlots = 2;

/**
 * The place for runtimes is this machine, with as many slots as its memory is good for. Processes
 * are held to no limit here, so every plan fits a slot. What an operator changed stays.
 */
export const ensureServer = async (world: World, key: string): Promise<void> => {
  const functions = new Functions(clientFor(world, key));
  const listed = await asConsole(functions, 'list its servers', {
    operation: listServers,
    body: {},
  });
  if (listed.servers.length > 0) return;
  const slots = Math.max(fewestSlots, Math.floor(totalmem() / runtimeBytes) - 1);
  const server = {
    serverId: 'this-machine',
    dokployServerId: null,
    region: 'local',
    slotMemoryMiB: 8192,
    slots,
    state: 'open' as const,
  };
  await asConsole(functions, 'add this machine as a server', {
    operation: saveServer,
    body: server,
  });
};
