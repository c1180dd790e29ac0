/**
 * Names of events in the order the server lists them: the plain action first, then its detail,
 * the resource itself, and the same with each id replaced by `*`.
 */

export interface EventSubject {
  /** `['users', id]` or `['teams', id, 'memberships', id]`. */
  readonly path: readonly string[];
  readonly action: string;
  /** `name` in `users.u.update.name`. */
  readonly detail?: string;
}

/** All spellings of a path with ids (odd places) kept or starred, the most specific first. */
function spellings(path: readonly string[]): string[] {
  return path.reduce<string[]>((made, part, index) => {
    if (index === 0) return [part];
    const options = index % 2 === 1 ? [part, '*'] : [part];
    return options.flatMap((option) => made.map((prefix) => `${prefix}.${option}`));
  }, []);
}

export function eventNames(subject: EventSubject): string[] {
  const names: string[] = [];
  for (const base of spellings(subject.path)) {
    names.push(`${base}.${subject.action}`);
    if (subject.detail !== undefined) names.push(`${base}.${subject.action}.${subject.detail}`);
    names.push(base);
  }
  return [...names];
}

/** Each channel and, behind it, the channel of this action only. */
export function withAction(channels: readonly string[], action: string): string[] {
  return channels.flatMap((channel) => [channel, `${channel}.${action}`]);
}
