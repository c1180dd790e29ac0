/** The image of OpenClaw that the installation names is where runtimes begin, not where they go. */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const runtimeId = 'rt1';
const hourMs = 3_600_000;

let fleet: Fleet;

beforeEach(async () => {
  fleet = await makeFleet();
  await fleet.open(runtimeId);
  await fleet.sweepUntil(runtimeId, 'auth_required');
  await fleet.settle(runtimeId);
});

const facts = () => readJson(factsSchema, fleet.row(runtimeId).facts, noFacts);
const pin = () => fleet.row(runtimeId).openclawImage;

/** What the installation names is changed, and with a release of ours the agent too. */
const turnOver = async (changes: { readonly agentImage?: string } = {}): Promise<void> => {
  const stack = { ...fleet.deps.stack, openclawImage: 'openclaw:2', ...changes };
  for (let hours = 0; hours < 25; hours += 1) {
    await reconcileRuntime({ ...fleet.deps, stack }, runtimeId);
    fleet.clock.advance(hourMs);
  }
};

const asBeforePins = (): Promise<void> => fleet.command(runtimeId, { openclawImage: null });

it('is written before anything is deployed, and moved by no setting', async () => {
  expect(pin()).toBe('openclaw:1');
  await turnOver();
  expect([pin(), facts().deployment.attempt]).toEqual(['openclaw:1', 1]);
});

describe('a runtime of before there were pins', () => {
  it('stays on what it was deployed with, and a new agent comes without another OpenClaw', async () => {
    await asBeforePins();
    await turnOver({ agentImage: 'agent:2' });
    expect([pin(), facts().deployment.attempt]).toEqual(['openclaw:1', 2]);
  });

  it('needs nobody to look where it is as the installation says', async () => {
    await asBeforePins();
    fleet.deployer.foreignImage = 'openclaw:3';
    await reconcileRuntime(fleet.deps, runtimeId);
    expect(pin()).toBe('openclaw:1');
  });

  it('is believed by its proof before anything is asked', async () => {
    fleet.agent.codex = 'ok';
    fleet.agent.loginId = 'first';
    await fleet.command(runtimeId, { smokeId: 'smoke-1', smokeNonce: 'Nonce0123456789ab' });
    await fleet.sweepUntil(runtimeId, 'ready');
    await asBeforePins();
    fleet.deployer.foreignImage = 'openclaw:3';
    await turnOver({ agentImage: 'agent:2' });
    expect(pin()).toBe('openclaw:1');
  });

  it('is left as it is while the deployer does not answer', async () => {
    await asBeforePins();
    fleet.deployer.isSilent = true;
    await turnOver({ agentImage: 'agent:2' });
    expect([pin(), facts().deployment.attempt]).toEqual([null, 1]);
    fleet.deployer.isSilent = false;
    await turnOver({ agentImage: 'agent:2' });
    expect([pin(), facts().deployment.attempt]).toEqual(['openclaw:1', 2]);
  });
});
