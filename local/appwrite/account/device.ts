/**
 * What a session's user agent says of browser and system, in the words the server's own detector
 * uses. A short list: what it does not know stays empty, as there. No place is ever known here.
 */
import type { Json } from '../kernel/types.ts';

interface Named {
  readonly pattern: RegExp;
  readonly code: string;
  readonly name: string;
}

/** First match wins: Edge and its kin all say Chrome, and Chrome says Safari. */
const CLIENTS: readonly (Named & { readonly engine: string })[] = [
  { pattern: /Edg(?:e|A|iOS)?\/([\d.]+)/, code: 'PS', name: 'Microsoft Edge', engine: 'Blink' },
  { pattern: /SamsungBrowser\/([\d.]+)/, code: 'SB', name: 'Samsung Browser', engine: 'Blink' },
  { pattern: /OPR\/([\d.]+)/, code: 'OP', name: 'Opera', engine: 'Blink' },
  { pattern: /Whale\/([\d.]+)/, code: 'WH', name: 'Whale Browser', engine: 'Blink' },
  { pattern: /(?:Firefox|FxiOS)\/([\d.]+)/, code: 'FF', name: 'Firefox', engine: 'Gecko' },
  { pattern: /HeadlessChrome\/([\d.]+)/, code: 'HC', name: 'Headless Chrome', engine: 'Blink' },
  { pattern: /CriOS\/([\d.]+)/, code: 'CI', name: 'Chrome Mobile iOS', engine: 'WebKit' },
  {
    pattern: /Chrome\/([\d.]+) Mobile/,
    ...{ code: 'CM', name: 'Chrome Mobile', engine: 'Blink' },
  },
  { pattern: /Chrome\/([\d.]+)/, code: 'CH', name: 'Chrome', engine: 'Blink' },
  {
    pattern: /Version\/([\d.]+) Mobile\S* Safari/,
    ...{ code: 'MF', name: 'Mobile Safari', engine: 'WebKit' },
  },
  { pattern: /Version\/([\d.]+) Safari/, code: 'SF', name: 'Safari', engine: 'WebKit' },
];

const SYSTEMS: readonly Named[] = [
  { pattern: /(?:iPhone|iPad|iPod).*? OS ([\d_]+)/, code: 'IOS', name: 'iOS' },
  { pattern: /Android ([\d.]+)/, code: 'AND', name: 'Android' },
  { pattern: /Windows NT ([\d.]+)/, code: 'WIN', name: 'Windows' },
  { pattern: /Mac OS X ([\d_.]+)/, code: 'MAC', name: 'Mac' },
  { pattern: /CrOS \S+ ([\d.]+)/, code: 'COS', name: 'Chrome OS' },
  { pattern: /Linux()/, code: 'LIN', name: 'GNU/Linux' },
];

const MAX_AGENT_CHARS = 512;

const find = <T extends Named>(list: readonly T[], agent: string): readonly [T, string] | null => {
  for (const entry of list) {
    const match = entry.pattern.exec(agent);
    if (match !== null) return [entry, shortened(match[1] ?? '')];
  }
  return null;
};

/** `140.0.7339.80` is told as `140.0`. */
const shortened = (version: string): string =>
  version.replaceAll('_', '.').split('.').slice(0, 2).join('.');

const deviceOf = (agent: string): string => {
  if (/iPad|Tablet/.test(agent)) return 'tablet';
  return /Mobi|iPhone|Android/.test(agent) ? 'smartphone' : 'desktop';
};

export const boundedAgent = (agent: string | undefined): string =>
  (agent ?? '').slice(0, MAX_AGENT_CHARS);

export function deviceJson(agent: string): Json {
  const client = find(CLIENTS, agent);
  const system = find(SYSTEMS, agent);
  return {
    osCode: system?.[0].code ?? '',
    osName: system?.[0].name ?? '',
    osVersion: system?.[1] ?? '',
    clientType: client === null ? '' : 'browser',
    clientCode: client?.[0].code ?? '',
    clientName: client?.[0].name ?? '',
    clientVersion: client?.[1] ?? '',
    clientEngine: client?.[0].engine ?? '',
    clientEngineVersion: '',
    deviceName: system === null ? '' : deviceOf(agent),
    deviceBrand: '',
    deviceModel: '',
    countryCode: '--',
    countryName: 'Unknown',
  };
}
