import { describe, expect, it } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import { judgeImages } from './image-rung.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

const wanted = { openclawImage: 'openclaw@sha256:1', agentImage: 'agent@sha256:2' };
const shown = (openclaw: string, agent: string) => [
  { container: 'rt-x-abc-bootstrap-1', image: agent },
  { container: 'rt-x-abc-openclaw-1', image: openclaw },
  { container: 'rt-x-abc-agent-1', image: agent },
];

describe('the image rung', () => {
  it.each([
    ['what was deployed', shown('openclaw@sha256:1', 'agent@sha256:2'), 'pass', ''],
    ['another gateway', shown('openclaw@sha256:9', 'agent@sha256:2'), 'fail', 'image_differs'],
    [
      'a tag in place of a digest',
      shown('openclaw:latest', 'agent@sha256:2'),
      'fail',
      'image_differs',
    ],
    ['another agent', shown('openclaw@sha256:1', 'agent@sha256:9'), 'fail', 'image_differs'],
    ['nothing', [], 'skipped', 'image_not_shown'],
    ['what is not shown', null, 'skipped', 'image_not_shown'],
  ])('of %s', (_name, images, result, reason) => {
    expect(judgeImages(images, wanted)).toEqual({ rung: 'image', result, reason });
  });

  it('holds a runtime back that runs something else, until it runs ours', async () => {
    const fleet = await makeFleet();
    await fleet.open('rt1');
    fleet.deployer.foreignImage = 'openclaw:latest';
    await fleet.sweepUntil('rt1', 'running');
    await reconcileRuntime(fleet.deps, 'rt1');
    expect(fleet.conditions('rt1').find(({ type }) => type === 'verified')).toMatchObject({
      value: 'false',
      reason: 'verify_failed',
    });
    fleet.deployer.foreignImage = null;
    await fleet.sweepUntil('rt1', 'auth_required');
  });
});
