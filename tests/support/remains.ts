/** What stays on a machine though its service is deleted, and what Docker would list of it. */
import type { Remains } from '#ports/runtime.ts';

type Left = 'everything' | 'volumes';

/** Docker's name of a project. */
export const projectOf = (composeName: string): string => `${composeName}-x`;

export class MemoryRemains {
  /** What the next removals leave, in order, though they say that all is gone. */
  readonly leaves: Left[] = [];
  readonly left = new Map<string, Left>();
  /** As one whose key may not see volumes. */
  hidesVolumes = false;

  removed(composeName: string): void {
    const leaves = this.leaves.shift();
    if (leaves !== undefined) this.left.set(projectOf(composeName), leaves);
  }

  of(appName: string, isLost: boolean): Remains {
    const left = isLost ? undefined : this.left.get(appName);
    const volumes = left === undefined ? [] : [`${appName}_agent-data`];
    return {
      machine: isLost ? 'unreachable' : 'reachable',
      containers: left === 'everything' ? [`${appName}-agent-1`] : [],
      volumes: this.hidesVolumes ? null : volumes,
    };
  }
}
