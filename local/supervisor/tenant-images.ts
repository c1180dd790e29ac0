/**
 * The tenant's images where no registry can be reached: a Debian base by debootstrap with this
 * project's Node under the name that `tenant/image/Dockerfile` asks for, the agent built from that
 * very file, and OpenClaw as npm installs it. Guarantees: nothing is pulled; an image whose content
 * has not changed is not made again.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Docker } from '../dokploy/docker/cli.ts';
import { lastLine } from '../dokploy/docker/inspect.ts';
import { contentLabel, contentOf } from '../dokploy/docker/rootfs.ts';
import { agentImageName, openclawImage } from './images.ts';
import { step, SetupError } from './output.ts';
import { node, openclawFolder, root } from './paths.ts';

/** What the Dockerfile's FROM says. */
export const baseImage = 'node:24-bookworm-slim';
export const agentTestImage = `${agentImageName}:test`;
/** OpenClaw without any setting of a certain test; see `openclawFor`. */
const openclawBase = 'openclaw-base:test';

const suite = 'bookworm';
const packages = 'ca-certificates,tini,git,procps,curl';
const stateFolder = '/home/node/.openclaw';
const debootstrapTimeoutMs = 10 * 60_000;
const buildTimeoutMs = 10 * 60_000;
const dockerfile = join(root, 'tenant', 'image', 'Dockerfile');
const bundle = join(root, 'dist', 'tenant', 'agent.mjs');

const hashOf = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
};

export interface ImageMaker {
  readonly docker: Docker;
  /** For what is large and temporary. */
  readonly scratch: string;
  /** Debian packages from here; undefined: debootstrap's own default. */
  readonly mirror?: string;
}

/** Makes what is missing, one step a line. Throws `SetupError` with the reason. */
export const ensureTenantImages = async (maker: ImageMaker): Promise<void> => {
  const base = hashOf('base-1', suite, packages, process.version);
  await unlessThere(maker, { reference: baseImage, content: base }, () => makeBase(maker, base));
  const openclaw = hashOf('openclaw-1', base, openclawLock(), openclawDockerfile);
  await unlessThere(maker, { reference: openclawBase, content: openclaw }, () =>
    makeOpenClaw(maker, openclaw),
  );
  const agent = hashOf(base, readFileSync(dockerfile), readFileSync(bundle));
  await unlessThere(maker, { reference: agentTestImage, content: agent }, () =>
    makeAgent(maker, agent),
  );
};

/**
 * OpenClaw's image, under the name the product renders, for one test: with the way to a stand-in of
 * OpenAI and its authority. Two small layers on the base.
 */
export const openclawFor = async (
  { docker, scratch }: ImageMaker,
  openai: { readonly proxyUrl: string; readonly caPath: string },
): Promise<string> => {
  const context = temporary(scratch);
  try {
    cpSync(openai.caPath, join(context, 'openai-ca.pem'));
    const text =
      `FROM ${openclawBase}\nCOPY openai-ca.pem /app/openai-ca.pem\n` +
      `ENV HTTPS_PROXY=${openai.proxyUrl} NO_PROXY=127.0.0.1,localhost ` +
      'NODE_EXTRA_CA_CERTS=/app/openai-ca.pem\n';
    await writeFile(join(context, 'Dockerfile'), text);
    await build(docker, [...named(openclawImage()), context]);
    return openclawImage();
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
};

interface Wanted {
  readonly reference: string;
  readonly content: string;
}

const unlessThere = async (
  { docker }: ImageMaker,
  wanted: Wanted,
  make: () => Promise<void>,
): Promise<void> => {
  if ((await contentOf(docker, wanted.reference)) === wanted.content) return;
  await make();
  // What had the name before, and what a build needed on its way.
  await docker({ args: ['image', 'prune', '--force'], timeoutMs: buildTimeoutMs });
};

const makeBase = (maker: ImageMaker, content: string): Promise<void> =>
  step('Making a Debian base with debootstrap (once, about 350 MB)', async (note) => {
    const folder = temporary(maker.scratch);
    const rootfs = join(folder, 'rootfs');
    try {
      const args = ['--variant=minbase', `--include=${packages}`, suite, rootfs];
      await run('debootstrap', [...args, ...(maker.mirror ? [maker.mirror] : [])], note);
      cpSync(node, join(rootfs, 'usr', 'local', 'bin', 'node'));
      await run('chroot', [rootfs, 'useradd', '--uid', '1000', '--create-home', 'node'], note);
      note('packing');
      const file = join(folder, 'base.tar');
      const left = ['./var/cache/apt', './var/lib/apt/lists'].map((path) => `--exclude=${path}`);
      await run('tar', ['-C', rootfs, ...left, '-cf', file, '.'], note);
      const change = ['--change', `LABEL ${contentLabel}=${content}`];
      const env = [
        '--change',
        'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ];
      const timeoutMs = buildTimeoutMs;
      const args2 = ['import', ...change, ...env, file, baseImage];
      const imported = await maker.docker({ args: args2, timeoutMs });
      if (imported.exitCode !== 0) throw new SetupError(lastLine(imported.stderr));
      note('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

/** As the official image: user node, tini, `openclaw` a command, state on a volume, every interface. */
const openclawDockerfile = `FROM ${baseImage}
RUN install -d -o node -g node -m 0700 ${stateFolder}
COPY node_modules /app/node_modules
ENV HOME=/home/node OPENCLAW_HOME=/home/node OPENCLAW_STATE_DIR=${stateFolder} \\
  OPENCLAW_CONFIG_PATH=${stateFolder}/openclaw.json OPENCLAW_DISABLE_BONJOUR=1 \\
  OPENCLAW_NO_RESPAWN=1 OPENCLAW_NO_AUTO_UPDATE=1 \\
  PATH=/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /home/node
USER 1000:1000
ENTRYPOINT ["tini", "--"]
CMD ["node", "/app/node_modules/openclaw/dist/index.js", "gateway", "--bind", "lan", "--port", "18789"]
`;

const openclawLock = (): Buffer =>
  readFileSync(join(openclawFolder, 'node_modules', '.package-lock.json'));

const makeOpenClaw = (maker: ImageMaker, content: string): Promise<void> =>
  step('Making the OpenClaw image (once, about 1 GB)', async () => {
    const folder = temporary(maker.scratch);
    try {
      const file = join(folder, 'Dockerfile');
      await writeFile(file, openclawDockerfile);
      await build(maker.docker, [
        ...['--file', file, '--label', `${contentLabel}=${content}`],
        ...[...named(openclawBase), openclawFolder],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

const makeAgent = (maker: ImageMaker, content: string): Promise<void> =>
  step('Building the agent\u2019s image from tenant/image/Dockerfile', () =>
    build(maker.docker, [
      ...['--file', dockerfile, '--label', `${contentLabel}=${content}`],
      ...[...named(agentTestImage), root],
    ]),
  );

const named = (reference: string): readonly string[] => ['--tag', reference];

/** No network: what is built here comes from this machine alone. */
const build = async (docker: Docker, args: readonly string[]): Promise<void> => {
  const call = ['build', '--network', 'none', ...args];
  const built = await docker({ args: call, timeoutMs: buildTimeoutMs });
  if (built.exitCode === 0) return;
  throw new SetupError(`docker build: ${lastLine(built.stderr) || lastLine(built.stdout)}`);
};

const temporary = (scratch: string): string => {
  mkdirSync(scratch, { recursive: true });
  return mkdtempSync(join(scratch, 'image-'));
};

const run = (
  command: string,
  args: readonly string[],
  note: (text: string) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: debootstrapTimeoutMs,
    });
    let last = '';
    const keep = (chunk: Buffer): void => {
      last = chunk.toString().trim().split('\n').at(-1)?.slice(0, 200) ?? last;
      note(last.replace(/^I: /, ''));
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', () => reject(new SetupError(`${command} is not installed`)));
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${command} ended with ${code ?? 'a signal'}: ${last}`));
    });
  });
