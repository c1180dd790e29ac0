/** Settings of a project: their defaults, and the names the two generations of routes use. */
import { isJsonObject } from '../kernel/params.ts';
import type { Json, ProjectSettings } from '../kernel/types.ts';

export const AUTH_METHODS = [
  'email-password',
  'magic-url',
  'email-otp',
  'anonymous',
  'invites',
  'jwt',
  'phone',
] as const;

/** Field of the project object that shows each method. */
export const METHOD_FIELDS: Readonly<Record<string, string>> = {
  'email-password': 'authEmailPassword',
  'magic-url': 'authUsersAuthMagicURL',
  'email-otp': 'authEmailOtp',
  anonymous: 'authAnonymous',
  invites: 'authInvites',
  jwt: 'authJWT',
  phone: 'authPhone',
};

export const SERVICES = [
  'account',
  'avatars',
  'databases',
  'tablesdb',
  'locale',
  'health',
  'project',
  'storage',
  'teams',
  'users',
  'vcs',
  'sites',
  'functions',
  'proxy',
  'graphql',
  'migrations',
  'messaging',
  'advisor',
] as const;

export const PROTOCOLS = ['rest', 'graphql', 'websocket'] as const;

const YEAR_SECONDS = 31_536_000;

const allOn = (names: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(names.map((name) => [name, true]));

export const DEFAULT_SETTINGS: ProjectSettings = {
  userLimit: 0,
  sessionLimit: 0,
  sessionDurationSeconds: YEAR_SECONDS,
  membershipPrivacy: true,
  sessionInvalidation: true,
  methods: allOn(AUTH_METHODS),
  services: allOn(SERVICES),
  rest: {
    passwordHistory: 0,
    passwordDictionary: false,
    personalDataCheck: false,
    sessionAlerts: false,
    mockNumbers: [],
    protocols: allOn(PROTOCOLS),
    /** Which member fields other members see; all hidden is `membershipPrivacy`. */
    memberFields: {},
  },
};

/** Stored settings over the defaults, so that settings added later have a value. */
export function loadSettings(stored: Json): ProjectSettings {
  const known = stored as Partial<ProjectSettings>;
  return {
    ...DEFAULT_SETTINGS,
    ...known,
    methods: { ...DEFAULT_SETTINGS.methods, ...known.methods },
    services: { ...DEFAULT_SETTINGS.services, ...known.services },
    rest: { ...DEFAULT_SETTINGS.rest, ...known.rest },
  };
}

/** An object kept in `rest`, or an empty one. */
export function restObject(settings: ProjectSettings, name: string): Json {
  const value = settings.rest[name];
  return isJsonObject(value) ? value : {};
}

export function restList(settings: ProjectSettings, name: string): readonly unknown[] {
  const value = settings.rest[name];
  return Array.isArray(value) ? value : [];
}

export function restNumber(settings: ProjectSettings, name: string): number {
  const value = settings.rest[name];
  return typeof value === 'number' ? value : 0;
}
