/**
 * The files of one static deployment, by URL path. Built once per deployment (its files never
 * change), so a request can only reach what was there then: no path of a request is ever joined
 * to a folder. Symbolic links are not followed.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface SiteFile {
  readonly file: string;
  readonly contentType: string;
  /** Strong tag of the content; computed with the first request. */
  etag: string | undefined;
}

export type SiteIndex = ReadonlyMap<string, SiteFile>;

export type Found =
  | { readonly urlPath: string; readonly status: 200 | 404 }
  /** The page has its relative links from another spelling of the path. */
  | { readonly location: string; readonly status: 308 };

const MAX_FILES = 20_000;
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
};

export function contentTypeOf(name: string): string {
  return CONTENT_TYPES[path.extname(name).toLowerCase()] ?? 'application/octet-stream';
}

export async function indexSite(root: string): Promise<SiteIndex> {
  const index = new Map<string, SiteFile>();
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.slice(0, MAX_FILES)) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const urlPath = `/${path.relative(root, file).split(path.sep).join('/')}`;
    index.set(urlPath, { file, contentType: contentTypeOf(entry.name), etag: undefined });
  }
  return index;
}

export async function etagOf(entry: SiteFile, bytes: Buffer): Promise<string> {
  entry.etag ??= `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  return entry.etag;
}

export function readSiteFile(entry: SiteFile): Promise<Buffer> {
  return readFile(entry.file);
}

function decoded(target: string): string | undefined {
  const [rawPath = '/'] = target.split('?');
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
}

function search(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at);
}

/** `/about` for `about.html`, `/docs/` for `docs/index.html`; other spellings are sent there. */
function canonical(urlPath: string, bare: string, hit: string): string {
  if (bare === '') return '/';
  if (hit === `${bare}.html`) return bare;
  return hit === `${bare}/index.html` ? `${bare}/` : urlPath;
}

/**
 * `/about` finds `about`, `about.html`, `about/index.html`; then the fallback file of a
 * single-page site, then its own 404 page. Missing build assets never get the fallback: a page
 * in the place of a script would break the site in a way that is hard to see.
 */
export function findFile(
  index: SiteIndex,
  target: string,
  fallbackFile: string,
): Found | undefined {
  const urlPath = decoded(target);
  if (urlPath === undefined) return undefined;
  const bare = urlPath.replace(/\/+$/, '');
  const candidates = [urlPath, `${bare}.html`, `${bare}/index.html`];
  const hit = candidates.find((candidate) => index.has(candidate));
  if (hit !== undefined) {
    const wanted = canonical(urlPath, bare, hit);
    if (wanted === urlPath || hit === urlPath) return { urlPath: hit, status: 200 };
    return { location: encodeURI(wanted) + search(target), status: 308 };
  }
  const fallback = fallbackFile === '' ? '' : `/${fallbackFile.replace(/^\.?\/+/, '')}`;
  if (!urlPath.startsWith('/_app/') && index.has(fallback)) {
    return { urlPath: fallback, status: 200 };
  }
  return index.has('/404.html') ? { urlPath: '/404.html', status: 404 } : undefined;
}

export interface Variant {
  readonly entry: SiteFile;
  readonly encoding: 'br' | 'gzip' | undefined;
  readonly varies: boolean;
}

function accepts(acceptEncoding: string, name: string): boolean {
  return acceptEncoding.split(',').some((part) => {
    const [token = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return token === name && !refused;
  });
}

/** The precompressed file beside the plain one, if it is there and the browser takes it. */
export function chooseVariant(
  index: SiteIndex,
  urlPath: string,
  acceptEncoding: string,
): Variant | undefined {
  const plain = index.get(urlPath);
  if (plain === undefined) return undefined;
  const brotli = index.get(`${urlPath}.br`);
  const gzip = index.get(`${urlPath}.gz`);
  const varies = brotli !== undefined || gzip !== undefined;
  if (brotli !== undefined && accepts(acceptEncoding, 'br')) {
    return { entry: brotli, encoding: 'br', varies };
  }
  if (gzip !== undefined && accepts(acceptEncoding, 'gzip')) {
    return { entry: gzip, encoding: 'gzip', varies };
  }
  return { entry: plain, encoding: undefined, varies };
}

export function cacheControl(urlPath: string): string {
  if (urlPath.startsWith('/_app/immutable/')) return 'public, max-age=31536000, immutable';
  return 'public, max-age=0, must-revalidate';
}
