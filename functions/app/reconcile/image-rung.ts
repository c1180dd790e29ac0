/**
 * Runs what was deployed? Docker's own word for each of the two services that stay up, held against
 * the references of the installation (by digest in production). A deployer that does not show it
 * proves nothing and fails nothing: its key is better off without the right to ask.
 */
import type { Rung, RunningImage } from '#ports/runtime.ts';
import type { StackSettings } from './stack.ts';
import type { Work } from './work.ts';

const rung = (result: Rung['result'], reason: string): Rung => ({ rung: 'image', result, reason });

/** Compose names a container `<project>-<service>-<number>`. */
const imagesOf = (images: readonly RunningImage[], service: string): readonly string[] =>
  images
    .filter(({ container }) => new RegExp(`-${service}-\\d+$`).test(container))
    .map(({ image }) => image);

/** Of the gateway that runs; null: not shown. */
export const gatewayImage = (images: readonly RunningImage[] | null): string | null =>
  imagesOf(images ?? [], 'openclaw')[0] ?? null;

export const judgeImages = (images: readonly RunningImage[] | null, wanted: StackImages): Rung => {
  if (images === null) return rung('skipped', 'image_not_shown');
  const gateway = imagesOf(images, 'openclaw');
  const agent = imagesOf(images, 'agent');
  // An empty list may only mean that nobody could look.
  if (gateway.length === 0 || agent.length === 0) return rung('skipped', 'image_not_shown');
  const isOurs =
    gateway.every((image) => image === wanted.openclawImage) &&
    agent.every((image) => image === wanted.agentImage);
  return isOurs ? rung('pass', '') : rung('fail', 'image_differs');
};

type StackImages = Pick<StackSettings, 'openclawImage' | 'agentImage'>;

export const imageRung = async ({ deps, facts, stack }: Work): Promise<Rung> => {
  const { composeId } = facts.compose;
  if (composeId === null) return rung('skipped', 'image_not_shown');
  const shown = await deps.deployer.runningImages(composeId);
  return judgeImages(shown.kind === 'ok' ? shown.value : null, stack.images);
};
