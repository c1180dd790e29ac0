/** What `docker ps -a` would say of a service that is a process. Pure. */
import type { ShownContainer } from '../backend.ts';
import type { Container } from './container.ts';

export function shown(container: Container, now: number): ShownContainer {
  return {
    containerId: container.spec.containerId,
    name: container.spec.name,
    state: container.state,
    status: statusText(container, now),
  };
}

type Shown = Pick<Container, 'state' | 'exitCode' | 'startedAt' | 'finishedAt'> & {
  readonly health: Pick<Container['health'], 'state'>;
};

/** As `docker ps` words it. */
export function statusText(container: Shown, now: number): string {
  const ended = `(${container.exitCode ?? 0}) ${ago(now - (container.finishedAt ?? now))} ago`;
  if (container.state === 'created') return 'Created';
  if (container.state === 'exited') return `Exited ${ended}`;
  if (container.state === 'restarting') return `Restarting ${ended}`;
  const up = `Up ${ago(now - container.startedAt)}`;
  const health = container.health.state;
  if (health === 'none') return up;
  return `${up} (${health === 'starting' ? 'health: starting' : health})`;
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  return hours < 336 ? `${Math.floor(hours / 24)} days` : `${Math.floor(hours / 168)} weeks`;
}
