/**
 * What may be chosen when a function or site is made: runtimes, frameworks, sizes. Names only what
 * runs here, so that a wizard offers nothing that would fail.
 */
import type { Answer, Json, Route } from '../kernel/types.ts';
import { DEFAULT_SPECIFICATION, FRAMEWORKS, RUNTIMES, runsHere } from './catalogue.ts';

const own = RUNTIMES.filter(runsHere);
const DEFAULT_RUNTIME = 'node-22';

function runtimeJson(id: string): Json {
  const version = id.slice('node-'.length);
  return {
    ...{ $id: id, key: 'node', name: 'Node.js', version, base: '', image: '' },
    ...{ arch: ['x86', 'arm64'], logo: 'node.png', supports: ['x86', 'arm64'] },
  };
}

function frameworkJson(key: string): Json {
  const commands = { installCommand: '', buildCommand: '', outputDirectory: './' };
  return {
    ...{ key, name: key, buildRuntime: DEFAULT_RUNTIME, runtimes: own },
    // Files as they are; nothing is rendered on the server here.
    adapters: [{ key: 'static', ...commands, fallbackFile: '' }],
  };
}

const SPECIFICATION = { memory: 512, cpus: 1, enabled: true, slug: DEFAULT_SPECIFICATION };

const always = (body: Json) => (): Answer => ({ status: 200, body });

const specifications = always({ total: 1, specifications: [SPECIFICATION] });

export const functionCatalogue: readonly Route[] = [
  {
    method: 'GET',
    path: '/functions/runtimes',
    scope: '',
    handler: always({ total: own.length, runtimes: own.map(runtimeJson) }),
  },
  {
    method: 'GET',
    path: '/functions/specifications',
    scope: 'functions.read',
    handler: specifications,
  },
];

export const siteCatalogue: readonly Route[] = [
  {
    method: 'GET',
    path: '/sites/frameworks',
    scope: '',
    handler: always({ total: FRAMEWORKS.length, frameworks: FRAMEWORKS.map(frameworkJson) }),
  },
  { method: 'GET', path: '/sites/specifications', scope: 'sites.read', handler: specifications },
];
