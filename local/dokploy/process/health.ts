/**
 * Runs a compose healthcheck for a service that is a process.
 * Guarantees: the test is really carried out (an HTTP request for curl and wget, the program
 * itself otherwise), with container addresses translated to loopback ports; a test that names a
 * port the service does not have fails instead of asking some stranger on this machine.
 */
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { splitWords } from '../compose/text.ts';

export interface HealthPorts {
  /** Of the probed service itself: container port → loopback port. */
  readonly own: ReadonlyMap<number, number>;
  /** Other services of the project: name → loopback port. */
  readonly others: ReadonlyMap<string, number>;
}

export interface ProbeContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** undefined when an address in the test cannot be translated. Pure. */
export function translateTest(test: readonly string[], ports: HealthPorts): string[] | undefined {
  const foreign: string[] = [];
  const translated = test.map((word) =>
    word.replace(
      /(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\]|(?<=\/\/)[a-z0-9][\w.-]*):(\d{1,5})\b/gi,
      (_whole, host: string, port: string) => {
        const isOwn = /^(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\])$/i.test(host);
        const to = isOwn ? ports.own.get(Number(port)) : ports.others.get(host);
        if (to === undefined) foreign.push(port);
        return `127.0.0.1:${to ?? 0}`;
      },
    ),
  );
  return foreign.length > 0 ? undefined : translated;
}

/** First loopback port a healthcheck asks: the container port when the file exposes none. */
export function portInTest(test: readonly string[]): number | undefined {
  const match = /(?:127\.0\.0\.1|localhost):(\d{1,5})\b/.exec(test.join(' '));
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The URL when the test is one plain curl or wget call. Pure. */
export function fetchedUrl(test: readonly string[]): string | undefined {
  const words =
    test[0] === 'CMD-SHELL'
      ? splitWords((test[1] ?? '').replace(/\s*\|\|\s*exit\s+1\s*$/, ''))
      : test.slice(1);
  if (!/^(?:\/usr\/bin\/)?(?:curl|wget)$/.test(words[0] ?? '')) return undefined;
  const urls = words.filter((word) => word.startsWith('http://'));
  return urls.length === 1 && !/[;&|]/.test(words.join(' ')) ? urls[0] : undefined;
}

export async function probe(test: readonly string[], context: ProbeContext): Promise<boolean> {
  const url = fetchedUrl(test);
  if (url !== undefined) return probeUrl(url, context.timeoutMs);
  const argv = test[0] === 'CMD-SHELL' ? ['/bin/sh', '-c', test[1] ?? ''] : test.slice(1);
  return probeCommand(argv, context);
}

/** As `curl -f`: any status below 400. */
function probeUrl(url: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(url, { timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      response.once('close', () => call.destroy());
      resolve((response.statusCode ?? 500) < 400);
    });
    const deadline = setTimeout(() => call.destroy(), timeoutMs);
    call.once('close', () => {
      clearTimeout(deadline);
      resolve(false);
    });
    call.once('error', () => resolve(false));
    call.end();
  });
}

/** `node` is this process's own Node: the host's may be too old. */
function probeCommand(argv: readonly string[], context: ProbeContext): Promise<boolean> {
  const program = argv[0] === 'node' ? process.execPath : (argv[0] ?? '');
  return new Promise((resolve) => {
    const child = spawn(program, argv.slice(1), {
      cwd: context.cwd,
      env: context.env,
      detached: true,
      stdio: 'ignore',
    });
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nothing of the group is left.
      }
    };
    const deadline = setTimeout(end, context.timeoutMs);
    child.once('error', () => {
      clearTimeout(deadline);
      resolve(false);
    });
    child.once('exit', (code) => {
      clearTimeout(deadline);
      end();
      resolve(code === 0);
    });
  });
}
