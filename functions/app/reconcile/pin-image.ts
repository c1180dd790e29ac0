/**
 * The image of OpenClaw a runtime stays on until an update moves it (0020). What the installation
 * names is what new runtimes begin with, and says nothing about those that run: changed, it moves
 * nobody. Written once, before anything is deployed; what was deployed before there were pins is
 * pinned to what it runs. Key: the empty column.
 */
import { proofOf } from '#core/runtime/proof.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, issuedReceipt, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';
import { gatewayImage } from './image-rung.ts';
import { renderStack } from './stack.ts';

type PinDeps = Pick<ReconcileDeps, 'store' | 'deployer' | 'stack' | 'ids' | 'log'>;

export const needsPin = ({ openclawImage, desired }: RuntimeRecord): boolean =>
  openclawImage === null && desired !== 'deleted';

/** `unknown`: nobody can say now what it runs, and until then it is left as it is. */
export const pinImage = async (
  deps: PinDeps,
  row: RuntimeRecord,
): Promise<'written' | 'unknown'> => {
  const openclawImage = await imageOf(deps, row);
  if (openclawImage === null) return 'unknown';
  const { id, version } = row;
  // Refused: whoever wrote meanwhile is read again.
  const outcome = await deps.store.update('runtimes', { id, version }, { openclawImage });
  if (outcome === 'updated') {
    deps.log.info('runtime.image_pinned', { runtimeId: id, image: openclawImage });
  }
  return 'written';
};

const imageOf = async (deps: PinDeps, row: RuntimeRecord): Promise<string | null> => {
  const facts = readJson(factsSchema, row.facts, noFacts);
  const { compose, deployment } = facts;
  const present = deps.stack.openclawImage;
  const isAsConfigured = renderStack(deps.stack, row, deps.ids).hash === deployment.configHash;
  if (deployment.attempt === 0 || compose.composeId === null || isAsConfigured) return present;
  const proven = provenImage(row, facts);
  if (proven !== null) return proven;
  const shown = await deps.deployer.runningImages(compose.composeId);
  if (shown.kind === 'unknown') return null;
  // Nothing runs, or nobody may look: it was as the installation says until now.
  return (shown.kind === 'ok' ? gatewayImage(shown.value) : null) ?? present;
};

/** What the proof of its present deployment was given on. */
const provenImage = (row: RuntimeRecord, facts: Facts): string | null => {
  const receipt = readJson(issuedReceipt, row.receipt, null);
  const proof = proofOf(facts);
  return receipt !== null && receipt.smokeId === proof?.smokeId ? receipt.image : null;
};
