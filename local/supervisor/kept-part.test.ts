import { describe, expect, it } from 'vitest';
import { keepPart } from './kept-part.ts';
import type { Part } from './part.ts';

/** Parts that die when told to, a clock that moves when told to, and pauses that take no time. */
const createStage = () => {
  const stage = {
    nowMs: 0,
    started: [] as { pid: number; stopped: boolean; die: (why: string) => void }[],
    refusing: false,
    pausesMs: [] as number[],
    lines: [] as string[],
  };
  const start = async (): Promise<Part> => {
    if (stage.refusing) throw new Error('port 1 is taken');
    const pid = stage.started.length + 1;
    const { promise: died, resolve: die } = Promise.withResolvers<string>();
    const known = { pid, stopped: false, die };
    stage.started.push(known);
    const stop = async (): Promise<void> => {
      known.stopped = true;
    };
    return { name: 'payapp', ready: {}, pid, died, stop };
  };
  const keeping = {
    start,
    report: (line: string) => stage.lines.push(line),
    pause: async (ms: number) => void stage.pausesMs.push(ms),
    nowMs: () => stage.nowMs,
  };
  return { stage, keeping };
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('a kept part', () => {
  it('comes back when it dies, and says so in one line', async () => {
    const { stage, keeping } = createStage();
    const part = await keepPart(keeping);
    stage.started[0]?.die('payapp ended by itself (SIGKILL)');
    await turns();
    expect(part.pid).toBe(2);
    expect(stage.lines).toEqual([
      '  ! payapp ended by itself (SIGKILL); it runs again after 0.0 s',
    ]);
  });

  it('waits longer with every quick death, and stays down in the end', async () => {
    const { stage, keeping } = createStage();
    const part = await keepPart(keeping);
    for (let death = 0; death < 6; death += 1) {
      stage.started[death]?.die('it died');
      await turns();
    }
    expect(await part.died).toBe('it died, for the 6th time in a row');
    expect(stage.pausesMs).toEqual([250, 500, 1_000, 2_000, 4_000]);
    expect(stage.started).toHaveLength(6);
  });

  it('begins anew with its patience once it has run for a minute', async () => {
    const { stage, keeping } = createStage();
    await keepPart(keeping);
    for (let death = 0; death < 20; death += 1) {
      stage.nowMs += 60_000;
      stage.started[death]?.die('it died');
      await turns();
    }
    expect(stage.started).toHaveLength(21);
    expect(new Set(stage.pausesMs)).toEqual(new Set([250]));
  });

  it('stays down, with the reason, when it can not be started again', async () => {
    const { stage, keeping } = createStage();
    const part = await keepPart(keeping);
    stage.refusing = true;
    stage.started[0]?.die('it died');
    expect(await part.died).toBe('port 1 is taken, for the 6th time in a row');
  });

  it.each([0, 1, 2, 3, 4, 6, 8, 20])(
    'does not run after it was stopped, %d turns after its death',
    async (count) => {
      const { stage, keeping } = createStage();
      const part = await keepPart(keeping);
      stage.started[0]?.die('it died');
      for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
      await part.stop();
      await turns();
      expect(stage.started.slice(1).filter(({ stopped }) => !stopped)).toEqual([]);
    },
  );
});
