/**
 * An engine of our own whose run is killed: the next one ends what it left, in whatever checkout it
 * lived. Runs where Docker is installed and this process is root; elsewhere it says so in one line.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { eventually } from '../testing/harness.ts';
import { ownPlugins } from '../testing/engine.ts';
import { createDocker } from './cli.ts';
import { canOwnEngine, startOwnEngine } from './daemon.ts';
import { findCompose } from './engine.ts';

const compose = canOwnEngine() ? await findCompose(process.env, ownPlugins) : undefined;
if (compose === undefined) {
  console.warn('SKIPPED: an engine whose run is killed was not tried: no Docker, or not root');
}
/** Longer than the daemon's own patience with its containers. */
const goneWithinMs = 20_000;
const environmentOf = z.record(z.string(), z.string());

/** A run that starts an engine, says by what it is found, and never ends by itself. */
const run = `
  const { startOwnEngine } = await import(${JSON.stringify(import.meta.resolve('./daemon.ts'))});
  const engine = await startOwnEngine(${JSON.stringify(compose ?? {})});
  console.log(JSON.stringify(engine.environment));
  setInterval(() => undefined, 60_000);
`;

test.skipIf(compose === undefined)(
  'what a killed run left is gone when the next engine has started',
  async () => {
    const killed = spawn(process.execPath, ['--input-type=module', '--eval', run], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void killed.kill('SIGKILL'));
    const lines = createInterface(killed.stdout)[Symbol.asyncIterator]();
    const environment = environmentOf.parse(JSON.parse((await lines.next()).value ?? ''));
    const folder = dirname(new URL(environment['DOCKER_HOST'] ?? '').pathname);
    const made = await createDocker(environment)({ args: ['network', 'create', 'left'] });
    const bridge = `/sys/class/net/br-${made.stdout.slice(0, 12)}`;
    killed.kill('SIGKILL');
    // The daemon ends by itself, and leaves what daemons leave.
    await eventually(
      async () => (await createDocker(environment)({ args: ['ps'] })).exitCode,
      (answered) => answered !== 0,
      goneWithinMs,
    );
    expect([existsSync(folder), existsSync(bridge)]).toEqual([true, true]);

    const next = await startOwnEngine(compose ?? {});
    try {
      expect([existsSync(folder), existsSync(bridge)]).toEqual([false, false]);
    } finally {
      await next.stop();
    }
  },
);
