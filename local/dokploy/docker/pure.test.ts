import { describe, expect, test } from 'vitest';
import { dockerEnvironment } from './cli.ts';
import { isNewEnough } from './engine.ts';
import type { EngineContainer } from './inspect.ts';
import { checkUpCommand, imagesOfOwnProject } from './limits.ts';
import { upstreamOf } from './route.ts';

describe('the command of a row', () => {
  const own = 'compose -p rt-abc123 -f docker-compose.yml up -d --wait --wait-timeout 60';

  test('may say anything about its own project', () => {
    expect(() => checkUpCommand(own.split(' '), 'rt-abc123')).not.toThrow();
  });

  test.each([
    own.replace('rt-abc123', 'other'),
    own.replace('docker-compose.yml', '../../other.yml'),
    own.replace(' up ', ' down '),
    own.replace('compose ', 'compose --project-directory / '),
    'compose up -d',
    'system prune -af',
  ])('may not be "%s"', (command) => {
    expect(() => checkUpCommand(command.split(' '), 'rt-abc123')).toThrow(/runs "compose -p/);
  });
});

describe('the resolved compose file', () => {
  const config = (changes: object): string =>
    JSON.stringify({
      services: { a: { image: 'x:1' }, b: { image: 'x:1' }, c: { image: 'y:2' } },
      ...changes,
    });

  test('names each image once', () => {
    const networks = { default: { name: 'rt_default' }, shared: { name: 'n', external: true } };
    expect(imagesOfOwnProject(config({ networks }), 'rt')).toEqual(['x:1', 'y:2']);
  });

  test.each([{ volumes: { data: { name: 'stranger_data' } } }, { networks: { n: { name: 'n' } } }])(
    'makes nothing under a foreign name: %o',
    (changes) => {
      expect(() => imagesOfOwnProject(config(changes), 'rt')).toThrow(/does not begin with "rt_"/);
    },
  );
});

describe('a request', () => {
  const routed: EngineContainer = {
    containerId: 'c',
    name: 'rt-agent-1',
    labels: {
      'traefik.enable': 'true',
      'traefik.docker.network': 'rt',
      'traefik.http.routers.rt-1-web.rule': 'Host(`a.test`)',
      'traefik.http.services.rt-1-web.loadbalancer.server.port': '8080',
    },
    state: 'running',
    health: 'healthy',
    restart: 'no',
    stopGraceSeconds: 1,
    addresses: { rt_cell: '10.200.0.2', rt: '172.18.0.3' },
  };
  const request = { host: 'a.test:8085', path: '/' };

  test('goes to the address on the network that the label names', () => {
    expect(upstreamOf([routed], request)).toEqual({ host: '172.18.0.3', port: 8080 });
  });

  test('goes to a service without a healthcheck as soon as it runs', () => {
    const { health: _health, ...rest } = routed;
    expect(upstreamOf([{ ...rest, health: undefined }], request)).toBeDefined();
  });

  test.each([
    { health: 'starting' },
    { health: 'unhealthy' },
    { state: 'exited' },
    { state: 'restarting' },
    { addresses: {} },
    { labels: {} },
  ])('goes nowhere when the container is %o', (changes) => {
    expect(upstreamOf([{ ...routed, ...changes }], request)).toBeUndefined();
  });
});

test.each([
  ['2.26.1-4', true],
  ['v2.1.1', true],
  ['2.1.0', false],
  ['1.29.2', false],
  ['dev', false],
])('Compose %s can wait for health: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test('docker sees where its engine is, and nothing else of our environment', () => {
  const source = { PATH: '/bin', DOCKER_HOST: 'unix:///x', DOKPLOY_API_KEY: 'k', AWS_SECRET: 's' };
  expect(dockerEnvironment(source)).toEqual({ PATH: '/bin', DOCKER_HOST: 'unix:///x' });
});
