import { describe, expect, test } from 'vitest';
import { summaryBox } from './deploy/log.ts';
import { FaultPlan } from './faults.ts';
import { newId, withSuffix } from './ids.ts';
import { hostOf, pickRoute, routesOf } from './ingress/routes.ts';
import { fetchedUrl, portInTest, translateTest } from './process/health.ts';
import { fillPlaceholders, imageName } from './process/images.ts';
import { statusText } from './process/status.ts';

test('names get a dash and six characters, ids have 21', () => {
  expect(withSuffix('RT-ws')).toMatch(/^rt-ws-[a-z0-9]{6}$/);
  expect(newId()).toMatch(/^[\w-]{21}$/);
});

describe('images', () => {
  test.each([
    ['openclaw', 'openclaw'],
    ['ghcr.io/o/c:1.2', 'ghcr.io/o/c'],
    ['host:5000/o/c', 'host:5000/o/c'],
    ['host:5000/o/c:1@sha256:ab', 'host:5000/o/c'],
  ])('%s is known as %s', (reference, name) => {
    expect(imageName(reference)).toBe(name);
  });

  test('placeholders are filled, and one that names nothing is an error', () => {
    const places = {
      volumes: new Map([['/data', '/host/d']]),
      ports: new Map([['agent', 4000]]),
      ingressPort: 80,
    };
    const text = 'x={volume:/data} {port:agent} {ingressPort} {other}';
    expect(fillPlaceholders(text, places)).toBe('x=/host/d 4000 80 {other}');
    expect(() => fillPlaceholders('{port:nobody}', places)).toThrow('{port:nobody} names nothing');
    expect(() => fillPlaceholders('{volume:/x}', places)).toThrow('names nothing here');
  });
});

describe('healthchecks', () => {
  const ports = { own: new Map([[8080, 4001]]), others: new Map([['gateway', 4002]]) };

  test('own ports and other services are translated to loopback', () => {
    const test = ['CMD', 'node', '-e', "fetch('http://127.0.0.1:8080/a')"];
    expect(translateTest(test, ports)?.[3]).toBe("fetch('http://127.0.0.1:4001/a')");
    const other = ['CMD', 'curl', 'ws://gateway:18789/x'];
    expect(translateTest(other, ports)?.[2]).toBe('ws://127.0.0.1:4002/x');
  });

  test('a port the service does not have is never asked', () => {
    expect(translateTest(['CMD', 'curl', 'http://127.0.0.1:22/'], ports)).toBeUndefined();
    expect(translateTest(['CMD', 'curl', 'http://evil.test:80/'], ports)).toBeUndefined();
  });

  test('plain curl and wget calls are requests, anything else is a program', () => {
    const url = 'http://127.0.0.1:1/r';
    expect(fetchedUrl(['CMD', 'curl', '-fsS', url])).toBe(url);
    expect(fetchedUrl(['CMD-SHELL', `wget -q -O /dev/null "${url}" || exit 1`])).toBe(url);
    expect(fetchedUrl(['CMD-SHELL', `curl ${url} | grep ok`])).toBeUndefined();
    expect(fetchedUrl(['CMD', 'node', '-e', url])).toBeUndefined();
    expect(portInTest(['CMD', 'curl', 'http://localhost:18789/r'])).toBe(18_789);
  });
});

describe('ingress routes', () => {
  const labels = {
    'traefik.enable': 'true',
    'traefik.http.routers.r-web.rule': 'Host(`A.test`)',
    'traefik.http.services.r-web.loadbalancer.server.port': '8080',
    'traefik.http.routers.p.rule': 'Host(`a.test`) && PathPrefix(`/api`)',
    'traefik.http.routers.p.service': 's',
    'traefik.http.services.s.loadbalancer.server.port': '9090',
    'traefik.http.routers.odd.rule': 'HostRegexp(`.*`)',
  };

  test('the longest prefix of the host wins, the port of the Host header does not matter', () => {
    const routes = routesOf(labels);
    const at = (host: string, path: string) => pickRoute(routes, { host, path })?.containerPort;
    expect(at('a.test:8443', '/')).toBe(8080);
    expect(at('A.TEST.', '/api/x')).toBe(9090);
    expect(at('b.test', '/')).toBeUndefined();
    expect(pickRoute(routes, { host: undefined, path: '/' })).toBeUndefined();
  });

  test('nothing is routed without traefik.enable', () => {
    expect(routesOf({ ...labels, 'traefik.enable': 'false' })).toEqual([]);
    expect(hostOf(undefined)).toBe('');
  });
});

test('container status reads as docker ps writes it', () => {
  const running = {
    ...({ state: 'running', exitCode: null, startedAt: 0, finishedAt: null } as const),
    health: { state: 'healthy' } as const,
  };
  expect(statusText(running, 500)).toBe('Up Less than a second (healthy)');
  expect(statusText({ ...running, health: { state: 'starting' } }, 2_000)).toBe(
    'Up 2 seconds (health: starting)',
  );
  expect(statusText({ ...running, health: { state: 'none' } }, 90_000)).toBe('Up About a minute');
  const exited = { ...running, state: 'exited', exitCode: 137, finishedAt: 0 } as const;
  expect(statusText(exited, 7_200_000)).toBe('Exited (137) 2 hours ago');
});

test('the box of a deployment log is 80 columns wide and wraps the command', () => {
  const box = summaryBox({
    appName: 'rt-ws-001-1phvgt',
    commandLine:
      'docker compose -p rt-ws-001-1phvgt -f docker-compose.yml up -d --build --remove-orphans',
  });
  expect(box[0]).toHaveLength(80);
  expect(box).toContain(`║ --build --remove-orphans${' '.repeat(53)}║`);
});

test('a fault strikes as often as it was told, and only where', () => {
  const plan = new FaultPlan();
  plan.add({ kind: 'key_limited', after: 0, count: 2, only: 'project.all' });
  expect(plan.take('key_limited', 'compose.one')).toBeUndefined();
  expect(plan.take('server_error', 'project.all')).toBeUndefined();
  expect([1, 2, 3].map(() => plan.take('key_limited', 'project.all') !== undefined)).toEqual([
    ...[true, true, false],
  ]);
});
