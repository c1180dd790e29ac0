/**
 * Kills at fault points. A point is armed by a file in the function's folder; the process that
 * reaches it renames the file to `<point>.<pid>` and dies. So a kill is proven by the new name and
 * by the process being gone, and it happens once each time it is armed.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ID } from 'node-appwrite';
import type { Functions } from 'node-appwrite';
import { eventually } from '#tests/support/http.ts';

const variable = 'HD_FAULT_DIR';
/** A sweep may have to wait for a deployment before it comes to the point. */
const killWithinMs = 60_000;

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

export interface Kill {
  readonly functionId: string;
  readonly point: string;
  readonly pid: number;
}

export class Kills {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** As an owner of the installation sets a variable; on Appwrite Cloud it takes a new deployment. */
  async connect(functions: Functions, functionIds: readonly string[]): Promise<void> {
    for (const functionId of functionIds) {
      const value = join(this.#folder, functionId);
      mkdirSync(value, { recursive: true });
      const variableId = ID.unique();
      await functions.createVariable({ functionId, variableId, key: variable, value });
    }
  }

  arm(functionId: string, point: string): void {
    writeFileSync(join(this.#folder, functionId, point), '');
  }

  isArmed(functionId: string, point: string): boolean {
    return existsSync(join(this.#folder, functionId, point));
  }

  /** Until whoever reached it is dead. */
  async happened(functionId: string, point: string): Promise<void> {
    const look = async () => ({
      waitingFor: `${functionId} at ${point}`,
      dead:
        !this.isArmed(functionId, point) &&
        this.of(functionId, point).every(({ pid }) => isGone(pid)),
    });
    await eventually(look, ({ dead }) => dead, killWithinMs);
  }

  of(functionId: string, point: string): readonly Kill[] {
    return this.all().filter((kill) => kill.functionId === functionId && kill.point === point);
  }

  /** `<function> <point>` of each that happened. */
  names(): ReadonlySet<string> {
    return new Set(this.all().map(({ functionId, point }) => `${functionId} ${point}`));
  }

  all(): readonly Kill[] {
    return readdirSync(this.#folder).flatMap((functionId) =>
      readdirSync(join(this.#folder, functionId)).flatMap((file) => {
        const [, point = '', pid] = /^(.*)\.(\d+)$/.exec(file) ?? [];
        return pid === undefined ? [] : [{ functionId, point, pid: Number(pid) }];
      }),
    );
  }
}
