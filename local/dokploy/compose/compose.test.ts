import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertCompose, serviceNames } from './convert.ts';
import { parseCompose, startOrder } from './parse.ts';
import {
  dotenvLine,
  durationMs,
  interpolate,
  parseDotenv,
  readEnvFile,
  splitWords,
  upCommand,
} from './text.ts';

function parse(text: string, variables: Record<string, string> = {}) {
  return parseCompose({ text, appName: 'app-x', variables });
}

describe('dotenv', () => {
  test('a comment is cut, a dollar sign and quotes inside stay', () => {
    expect(parseDotenv('A=a$b "q" #c\nB="x # y"\n\n# no\nexport C=1\nbroken')).toEqual({
      ...{ A: 'a$b "q"', B: 'x # y', C: '1' },
    });
  });

  test.each([
    'plain',
    '',
    'a $b',
    '"q"',
    "it's",
    '#x',
    'a\\',
    '\\n',
    'two\nlines',
    '${X}',
    'a=b c',
  ])('what is written for %j is read as the same', (value) => {
    expect(readEnvFile(dotenvLine('A', value))).toEqual({ A: value });
  });
});

describe('interpolation', () => {
  test.each([
    ['${A}', 'one'],
    ['$A-$$A', 'one-$A'],
    ['${NO:-x}${EMPTY:-y}${EMPTY-z}', 'xy'],
    ['${A:+set}${NO:+set}', 'set'],
  ])('%s is %s', (text, expected) => {
    expect(interpolate(text, { A: 'one', EMPTY: '' }, new Set())).toBe(expected);
  });

  test('an unset variable is blank and named, a required one throws', () => {
    const unset = new Set<string>();
    expect(interpolate('<${NO}>', {}, unset)).toBe('<>');
    expect([...unset]).toEqual(['NO']);
    expect(() => interpolate('${NO:?needed}', {}, unset)).toThrow('required variable NO');
  });

  test('text without a dollar sign is never changed', () => {
    const plain = fc.string().filter((text) => !text.includes('$'));
    fc.assert(fc.property(plain, (text) => interpolate(text, {}, new Set()) === text));
  });
});

test('durations are Compose durations', () => {
  expect(['1m30s', '500ms', '2s', 3].map(durationMs)).toEqual([90_000, 500, 2_000, 3_000]);
  expect(() => durationMs('soon')).toThrow('invalid duration "soon"');
});

test('words are split as a shell splits them', () => {
  expect(splitWords(`serve --name 'a b' "c \\"d\\"" e\\ f`)).toEqual([
    ...['serve', '--name', 'a b', 'c "d"', 'e f'],
  ]);
});

describe('the command of a deployment', () => {
  test('defaults to what Dokploy runs, without waiting', () => {
    expect(upCommand('', 'x-1')).toMatchObject({
      line: 'docker compose -p x-1 -f docker-compose.yml up -d --build --remove-orphans',
      ...{ wait: false, waitTimeoutMs: 0, removeOrphans: true },
    });
  });

  test('waits when told to and refuses shell control characters', () => {
    expect(upCommand('compose up -d --wait --wait-timeout 60', 'x')).toMatchObject({
      ...{ wait: true, waitTimeoutMs: 60_000, removeOrphans: false },
    });
    for (const bad of ['compose up; rm', 'compose up && x', 'compose $(id)', 'compose `id`']) {
      expect(() => upCommand(bad, 'x')).toThrow('shell control characters are not allowed');
    }
  });
});

describe('a compose file', () => {
  test('becomes services in start order with volumes on this project', () => {
    const { project, warnings } = parse(
      `services:
  agent:
    image: "a:1"
    command: serve --port 1
    depends_on: { boot: { condition: service_completed_successfully } }
    expose: ["8080"]
    ports: ["127.0.0.1:1:9090/tcp"]
    environment: ["A=1", "HOST"]
    labels: { x: 1 }
  boot: { image: "a:1", volumes: ["d:/data:ro", { type: volume, source: e, target: /e }] }
volumes: { d: {}, e: { name: shared } }`,
      { HOST: 'h' },
    );
    expect(warnings).toEqual([]);
    expect(project.services.map((service) => service.name)).toEqual(['boot', 'agent']);
    expect(Object.fromEntries(project.volumes)).toEqual({ d: 'app-x_d', e: 'shared' });
    const [boot, agent] = project.services;
    expect(boot?.volumes.map((mount) => mount.target)).toEqual(['/data', '/e']);
    expect(agent).toMatchObject({
      command: ['serve', '--port', '1'],
      environment: { A: '1', HOST: 'h' },
      exposedPorts: [8080, 9090],
      labels: { x: '1' },
      stopGraceMs: 10_000,
      restart: { kind: 'no' },
    });
  });

  test.each([
    ['services: [oops', 'yaml: '],
    ['services: {}', 'no service selected'],
    ['services: { a: { image: [1] } }', 'services.a.image invalid'],
    ['services: { a: {} }', 'neither an image nor a build context'],
    ['services: { a: { build: . } }', 'build is not supported'],
    ['services: { a: { image: x, depends_on: [b] } }', 'depends on undefined service "b"'],
    ['services: { a: { image: x, volumes: ["v:/v"] } }', 'undefined volume v'],
    ['services: { a: { image: x, volumes: ["/etc:/v"] } }', 'named volumes only'],
    ['services: { a: { image: x }, "../b": { image: x } }', 'not allowed'],
    ['{services: {a: {image: x}}, volumes: {v: {name: "../../etc"}}}', 'not allowed'],
    [
      'services: { a: { image: x, depends_on: [b] }, b: { image: x, depends_on: [a] } }',
      'dependency cycle detected: a -> b',
    ],
  ])('%s is refused', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  test('every service comes after all it depends on', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, fc.shuffledSubarray(names, { minLength: 6 }), (pairs, order) => {
        const lines = order.map((name) => {
          const on = pairs
            .filter(([from, to]) => names[from] === name && to < from)
            .map(([, to]) => names[to] ?? '');
          return `  ${name}: { image: x, depends_on: [${[...new Set(on)].join(', ')}] }`;
        });
        const { services } = parse(`services:\n${lines.join('\n')}`).project;
        const seen = new Set<string>();
        for (const service of startOrder(services)) {
          for (const dependency of service.dependsOn.keys()) expect(seen).toContain(dependency);
          seen.add(service.name);
        }
        expect(seen.size).toBe(6);
      }),
    );
  });
});

describe('conversion', () => {
  const domain = {
    ...{ host: 'h.test', path: '/', port: 8080, https: true, certificateType: 'letsencrypt' },
    ...{ serviceName: 'a', uniqueConfigKey: 1, enabled: true },
  };
  const composeFile = 'services:\n  a:\n    image: x\n  b:\n    image: y\n';

  test('writes Traefik labels on the routed service and the network on every one', () => {
    const input = { composeFile, appName: 'n-1', isolated: true, domains: [domain] };
    const { services } = parse(convertCompose(input)).project;
    const [a, b] = services;
    expect(a?.labels).toMatchObject({
      'traefik.enable': 'true',
      'traefik.docker.network': 'n-1',
      'traefik.http.routers.n-1-1-web.rule': 'Host(`h.test`)',
      'traefik.http.services.n-1-1-websecure.loadbalancer.server.port': '8080',
      'traefik.http.routers.n-1-1-websecure.tls.certresolver': 'letsencrypt',
    });
    expect(b?.labels).toEqual({});
    expect(convertCompose(input)).toContain('networks:\n      - n-1\n');
  });

  test('refuses a domain of an unknown service, skips a disabled one', () => {
    const input = { composeFile, appName: 'n', isolated: false };
    const wrong = { ...domain, serviceName: 'nosuch' };
    expect(() => convertCompose({ ...input, domains: [wrong] })).toThrow(
      'Domain "h.test" is attached to service "nosuch" which does not exist in the compose',
    );
    const off = convertCompose({ ...input, domains: [{ ...wrong, enabled: false }] });
    expect(off).not.toContain('traefik');
    expect(serviceNames(off)).toEqual(['a', 'b']);
  });
});
