/** Names 1.9.6 accepts for runtimes, scopes and frameworks; what runs here is Node only. */

const versions = (name: string, list: string): string[] =>
  list.split(' ').map((version) => `${name}-${version}`);

export const RUNTIMES: readonly string[] = [
  ...versions('node', '14.5 16.0 18.0 19.0 20.0 21.0 22 23 24 25'),
  ...versions('php', '8.0 8.1 8.2 8.3 8.4'),
  ...versions('ruby', '3.0 3.1 3.2 3.3 3.4 4.0'),
  ...versions('python', '3.8 3.9 3.10 3.11 3.12 3.13 3.14'),
  ...versions('python-ml', '3.11 3.12 3.13'),
  ...versions('deno', '1.21 1.24 1.35 1.40 1.46 2.0 2.5 2.6'),
  ...versions('dart', '2.15 2.16 2.17 2.18 2.19 3.0 3.1 3.3 3.5 3.8 3.9 3.10 3.11'),
  ...versions('dotnet', '6.0 7.0 8.0 10'),
  ...versions('java', '8.0 11.0 17.0 18.0 21.0 22 25'),
  ...versions('swift', '5.5 5.8 5.9 5.10 6.2'),
  ...versions('kotlin', '1.6 1.8 1.9 2.0 2.3'),
  ...versions('cpp', '17 20'),
  ...versions('bun', '1.0 1.1 1.2 1.3'),
  ...versions('go', '1.23 1.24 1.25 1.26'),
  ...versions('rust', '1.83'),
  ...versions('static', '1'),
  ...versions('flutter', '3.24 3.27 3.29 3.32 3.35 3.38 3.41'),
];

export function runsHere(runtime: string): boolean {
  return runtime.startsWith('node-');
}

const readWrite = (names: string): string[] =>
  names.split(' ').flatMap((name) => [`${name}.read`, `${name}.write`]);

export const SCOPES: readonly string[] = [
  ...readWrite('project keys platforms mocks policies project.policies templates oauth2 users'),
  ...readWrite('sessions teams databases tables columns indexes rows collections attributes'),
  ...readWrite('documents buckets files tokens functions executions execution sites log'),
  ...readWrite('providers topics subscribers targets messages rules webhooks'),
  'locale.read',
  'avatars.read',
  'health.read',
  'assistant.read',
  ...readWrite('migrations schedules vcs insights reports presences'),
];

export const FRAMEWORKS: readonly string[] = (
  'analog angular nextjs react nuxt vue sveltekit astro tanstack-start remix lynx flutter ' +
  'react-native vite other'
).split(' ');

export const DEFAULT_SPECIFICATION = 's-1vcpu-512mb';
