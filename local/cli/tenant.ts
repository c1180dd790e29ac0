/** What the tests of the tenant's real stack need on this machine: an engine and its images. */
import { existsSync } from 'node:fs';
import { createDocker } from '../dokploy/docker/cli.ts';
import { installOpenClaw } from '../supervisor/openclaw.ts';
import { say } from '../supervisor/output.ts';
import { buildAll } from '../supervisor/product.ts';
import { openTenantEngine, scratchFolder, whyNoTenantEngine } from '../supervisor/tenant-engine.ts';
import { ensureTenantImages } from '../supervisor/tenant-images.ts';
import { installDebootstrap, installDocker, mirror } from './docker.ts';

/** false: it cannot be tried here, which was said. */
export const prepareTenant = async (): Promise<boolean> => {
  await installDocker();
  installDebootstrap();
  const why = await whyNoTenantEngine();
  if (why !== undefined) {
    say(`\n  !! SKIPPED: the tenant\u2019s real stack was not tried: ${why}.\n`);
    return false;
  }
  await installOpenClaw();
  await buildAll();
  const engine = await openTenantEngine();
  try {
    const from = existsSync('/etc/debian_version') ? mirror() : undefined;
    const maker = { docker: createDocker(engine.environment), scratch: scratchFolder };
    await ensureTenantImages({ ...maker, ...(from === undefined ? {} : { mirror: from }) });
  } finally {
    await engine.stop();
  }
  return true;
};
